import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { queryRows } from '../support/database.js';
import { publishApp } from '../support/publish-app.js';
import { Stack } from '../support/stack.js';
import { waitFor } from '../support/wait-for.js';
import { MOST_AT_ONCE, surfaceApp } from './support/surface-app.js';

jest.setTimeout(180_000);

const WAIT = { timeoutMs: 90_000 };
/** Far longer than a test waits: only a hang-up ends it. */
const FOR_EVER_MS = 600_000;

interface Seen {
  began: string[];
  aborted: string[];
  ended: string[];
  messages: unknown[];
  timers: boolean[];
  most: number;
}

describe("the runtime's own surface, with an app in a container", () => {
  let stack: Stack;

  beforeAll(async () => {
    stack = await Stack.start({ runtime: 'docker' });
    await publishApp(stack.url, 'surface', await surfaceApp());
    await seen();
  });
  afterAll(() => stack.stop());

  const call = (path: string, init?: RequestInit): Promise<Response> =>
    fetch(`${stack.url}/apps/surface/api/${path}`, init);
  const masterKey = (): string =>
    readFileSync(join(stack.management.dataFolder, 'master-key'), 'utf8').trim();
  const seen = async (): Promise<Seen> => (await (await call('state')).json()) as Seen;
  const statesOf = (functionName: string): string[] =>
    queryRows<{ state: string }>(
      stack.databaseUrl,
      `SELECT state FROM invocations WHERE function_name = '${functionName}' ORDER BY accepted_at`,
    ).map(({ state }) => state);

  /** Calls `waits`, and goes when it has begun. */
  const callAndLeave = async (
    id: string,
    ms: number,
    headers: Record<string, string> = {},
  ): Promise<void> => {
    const leave = new AbortController();
    const calling = call(`waits?id=${id}&ms=${ms}`, { headers, signal: leave.signal }).catch(() => null);
    await waitFor(async () => (await seen()).began.includes(id), { ...WAIT, what: `${id} to begin` });
    leave.abort();
    await calling;
  };

  it("tells a function by its context's signal that its client has gone", async () => {
    await callAndLeave('left', FOR_EVER_MS);
    await waitFor(async () => (await seen()).aborted.includes('left'), { ...WAIT, what: 'the abort' });
    await waitFor(() => statesOf('waits').length === 1, { ...WAIT, what: 'the record' });
    expect(statesOf('waits')).toEqual(['cancelled']);
  });

  it('lets go on what was promised, whoever has gone', async () => {
    await callAndLeave('promised', 1_000, { 'idempotency-key': 'promised' });
    await waitFor(async () => (await seen()).ended.includes('promised'), { ...WAIT, what: 'its end' });
    expect((await seen()).aborted).not.toContain('promised');
    const again = await call('waits?id=promised&ms=1000', { headers: { 'idempotency-key': 'promised' } });
    expect([again.status, await again.text()]).toEqual([200, 'waited']);
  });

  it('runs as many calls of the app at once as its host.json says, and all of them', async () => {
    const answers = await Promise.all(Array.from({ length: 6 * MOST_AT_ONCE }, () => call('counted')));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    // Not fewer either: a limit that let one through at a time would keep it, too.
    expect((await seen()).most).toBe(MOST_AT_ONCE);
  });

  it('runs functions by hand, whatever their trigger', async () => {
    const run = (name: string, input: unknown): Promise<Response> =>
      fetch(`${stack.url}/apps/surface/admin/functions/${name}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-functions-key': masterKey() },
        body: JSON.stringify({ input }),
      });
    expect((await run('orders', 'an order')).status).toBe(202);
    expect((await run('guarded', 'a body')).status).toBe(202);
    expect((await run('yearly', '')).status).toBe(202);
    await waitFor(
      async () => {
        const { messages, timers } = await seen();
        return messages.length === 2 && timers.length === 1;
      },
      { ...WAIT, what: 'the runs' },
    );
    const { messages, timers } = await seen();
    expect(new Set(messages)).toEqual(new Set(['an order', 'a body']));
    expect(timers).toEqual([false]);
  });

  it('gives the app a new container when it is restarted', async () => {
    expect((await seen()).began).not.toEqual([]);
    const restarted = await fetch(`${stack.url}/apps/surface/admin/host/restart`, {
      method: 'POST',
      headers: { 'x-functions-key': masterKey() },
    });
    expect(restarted.status).toBe(200);
    // What a container remembers is gone with it.
    await waitFor(async () => (await seen()).began.length === 0, { ...WAIT, what: 'a new container' });
  });
});
