import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { v4App, type AppFiles } from '../support/app-files.js';
import { findRun, runEnd } from '../support/batch-api.js';
import { brokenInvariants } from '../support/invariants.js';
import { publishApp } from '../support/publish-app.js';
import { Stack } from '../support/stack.js';
import { waitFor } from '../support/wait-for.js';

jest.setTimeout(90_000);

/** What a function notes when it begins with an item, and when it ends. */
interface Note {
  readonly what: 'begins' | 'ends';
  readonly batch: string;
  readonly at: number;
}

const app = (file: string): Promise<AppFiles> =>
  v4App({
    'host.json': JSON.stringify({ version: '2.0' }),
    'package.json': JSON.stringify({ name: 'night', version: '1.0.0', main: 'index.js' }),
    'index.js': `
const { app } = require('@azure/functions');
const { appendFileSync } = require('node:fs');
const note = (what, batch) => appendFileSync(${JSON.stringify(file)}, JSON.stringify({ what, batch, at: Date.now() }) + '\\n');
const work = (batch, ms) => async () => {
  note('begins', batch);
  await new Promise((resolve) => setTimeout(resolve, ms));
  note('ends', batch);
};
for (const [name, ms] of [['limited', 60], ['one', 60], ['other', 60], ['paced', 1], ['choosy', 1]])
  app.storageQueue(name, { queueName: name, connection: '', handler: work(name, ms) });
`,
  });

describe('Batches go by their limits', () => {
  let stack: Stack;
  let folder: string;
  let file: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nightjar-turns-'));
    file = join(folder, 'notes');
    stack = await Stack.start({
      managementSettings: { NIGHTJAR_FIRST_CHUNK_ITEMS: '20', NIGHTJAR_CHUNK_TARGET_SECONDS: '2' },
      workerSettings: { NIGHTJAR_CHUNK_CONCURRENCY: '3', NIGHTJAR_ITEMS_IN_FLIGHT: '16' },
    });
    await publishApp(stack.url, 'night', await app(file));
  });
  afterAll(async () => {
    await stack?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  /** Defines a batch of the function of its name and runs it; the id of its run. */
  async function begin(name: string, items: number, definition: object): Promise<string> {
    const batch = `${stack.url}/api/v1/apps/night/batches/${name}`;
    const body = { function: name, input: { kind: 'range', from: 1, to: items }, ...definition };
    const headers = { 'content-type': 'application/json' };
    const put = await fetch(batch, { method: 'PUT', headers, body: JSON.stringify(body) });
    if (!put.ok) throw new Error(`${put.status} ${await put.text()}`);
    const run = await fetch(`${batch}/runs`, { method: 'POST' });
    if (!run.ok) throw new Error(`${run.status} ${await run.text()}`);
    return ((await run.json()) as { runId: string }).runId;
  }

  const notesOf = (...batches: string[]): Note[] =>
    readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Note)
      .filter(({ batch }) => batches.includes(batch));

  const mostAtOnce = (notes: readonly Note[]): number => {
    let running = 0;
    return Math.max(...notes.map(({ what }) => (running += what === 'begins' ? 1 : -1)));
  };

  const ends = async (runId: string): Promise<void> => {
    expect(await runEnd(stack.url, runId, 60_000)).toMatchObject({ state: 'succeeded' });
  };

  it('of items at once, over several chunks', async () => {
    await ends(await begin('limited', 120, { concurrencyLimit: { run: 6 } }));
    // All six were used: else nothing would be shown.
    expect(mostAtOnce(notesOf('limited'))).toBe(6);
  });

  it('of items at once of two batches that name the same key', async () => {
    const concurrencyLimit = { key: { name: 'erp', limit: 5 } };
    const runs = [
      await begin('one', 60, { concurrencyLimit }),
      await begin('other', 60, { concurrencyLimit }),
    ];
    for (const run of runs) await ends(run);
    expect(mostAtOnce(notesOf('one', 'other'))).toBe(5);
  });

  it('of items in a second', async () => {
    await ends(await begin('paced', 60, { rateLimit: { itemsPerSecond: 20 } }));
    const begun = notesOf('paced').filter(({ what }) => what === 'begins');
    const seconds = (begun.at(-1)!.at - begun[0]!.at) / 1000;
    // 59 after the first one; without the limit they would all begin within some milliseconds.
    expect(seconds).toBeGreaterThan(59 / 20 - 0.2);
    expect(seconds).toBeLessThan(20);
  });

  it('of machines: nothing of it is queued while none meets its requirements, and it says so', async () => {
    const runId = await begin('choosy', 5, { requirements: 'labels.site == "bonn"' });
    const reason = await waitFor(
      async () => {
        const response = await fetch(`${stack.url}/api/v1/batches/runs/${runId}`);
        return ((await response.json()) as { waitReason: { code: string } | null }).waitReason?.code;
      },
      { timeoutMs: 60_000, what: 'the reason' },
    );
    expect(reason).toBe('NO_MATCHING_MACHINE');
    expect(await findRun(stack.url, runId)).toMatchObject({ chunksTotal: 0, state: 'waiting' });

    const [machine] = (
      (await (await fetch(`${stack.url}/api/v1/machines`)).json()) as { machines: { id: string }[] }
    ).machines;
    const labelled = await fetch(`${stack.url}/api/v1/machines/${machine?.id}/labels`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ site: 'bonn' }),
    });
    expect(labelled.status).toBeLessThan(300);
    await ends(runId);
    expect(notesOf('choosy')).toHaveLength(10);
  });

  it('and leave the database in order', () => {
    expect(brokenInvariants(stack.databaseUrl)).toEqual([]);
  });
});
