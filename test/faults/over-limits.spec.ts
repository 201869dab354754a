import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { allItems, runBatch } from '../support/batch-api.js';
import { brokenInvariants } from '../support/invariants.js';
import { invocationLogs, listInvocations, onlyInvocation } from '../support/invocation-api.js';
import { residentBytes } from '../support/process-memory.js';
import { publishApp } from '../support/publish-app.js';
import { Stack } from '../support/stack.js';
import { waitFor } from '../support/wait-for.js';
import { FAULT_SETTINGS } from './support/batch-under-way.js';
import { engineApp, type Order } from './support/engine-app.js';

jest.setTimeout(300_000);

const KIB = 2 ** 10;
const MIB = 2 ** 20;
const MAX_LOG_BYTES = 64 * KIB;
const MAX_MESSAGE_BYTES = 8 * MIB;
/** A tenth of what is printed: what a garbage collector leaves for later is less. */
const MEMORY_SLACK_BYTES = 128 * MIB;

describe('What is over a limit', () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await Stack.start({
      ...FAULT_SETTINGS,
      runtime: 'docker',
      managementSettings: {
        ...FAULT_SETTINGS.managementSettings,
        NIGHTJAR_MAX_REQUEST_BODY_BYTES: String(MIB),
      },
      workerSettings: {
        ...FAULT_SETTINGS.workerSettings,
        NIGHTJAR_MAX_LOG_BYTES: String(MAX_LOG_BYTES),
        NIGHTJAR_MAX_MESSAGE_BYTES: String(MAX_MESSAGE_BYTES),
        NIGHTJAR_MAX_ITEM_BYTES: String(4 * KIB),
        NIGHTJAR_MAX_ITEM_OUTPUT_BYTES: String(KIB),
      },
    });
    for (const app of ['prints', 'answers', 'items', 'bodies']) await publishApp(stack.url, app, engineApp());
  });
  afterAll(() => stack.stop());

  const call = async (app: string, order: Order): Promise<number> => {
    const response = await fetch(`${stack.url}/apps/${app}/api/call`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(order),
    });
    await response.arrayBuffer();
    return response.status;
  };

  /** The log in which a line was cut, once it is committed: that is a moment after the answer. */
  const printed = (): Promise<string[]> =>
    waitFor(
      async () => {
        for (const { id } of await listInvocations(stack.url, 'app=prints&function=call')) {
          const messages = (await invocationLogs(stack.url, id)).lines.map(({ message }) => message);
          if (messages.some((message) => message.endsWith('…'))) return messages;
        }
        return undefined;
      },
      { timeoutMs: 60_000, what: 'a line that was cut' },
    );

  it('a log line of 1 GB is cut with a flag, and the worker’s memory stays flat', async () => {
    expect(await call('prints', { n: 1 })).toBe(200);
    const pids = [stack.worker().service.pid, stack.management.service.pid];
    const before = pids.map(residentBytes);
    expect(await call('prints', { n: 2, print: 1024 })).toBe(200);
    const growth = pids.map((pid, index) => residentBytes(pid) - (before[index] ?? 0));
    expect(Math.max(...growth)).toBeLessThan(MEMORY_SLACK_BYTES);
    const lines = await printed();
    const kept = lines.reduce((bytes, message) => bytes + Buffer.byteLength(message), 0);
    expect(kept).toBeLessThanOrEqual(MAX_LOG_BYTES);
  });

  it('a request body is refused, and nothing of it is recorded', async () => {
    const response = await fetch(`${stack.url}/apps/bodies/api/call`, {
      method: 'POST',
      headers: { 'content-type': 'application/octet-stream' },
      body: new Uint8Array(2 * MIB),
    });
    expect(response.status).toBe(413);
    expect(await listInvocations(stack.url, 'app=bodies&function=call')).toEqual([]);
  });

  it('an answer that no message can hold fails its call with the reason, and the next call works', async () => {
    expect(await call('answers', { n: 1, answer: 2 * MAX_MESSAGE_BYTES })).toBe(500);
    const record = await onlyInvocation(stack.url, 'answers', 'call');
    expect(record).toMatchObject({
      state: 'failed',
      failure: { source: 'function', type: 'MessageTooLongError' },
    });
    expect(await call('answers', { n: 2 })).toBe(200);
  });

  it('an item is refused, one that is no text too, and a result is replaced by its size', async () => {
    const input = Buffer.concat([
      Buffer.from(`${JSON.stringify({ n: 1 })}\n`),
      Buffer.from(`${JSON.stringify({ n: 2, pad: 'x'.repeat(8 * KIB) })}\n`),
      Buffer.from([0x22, 0xff, 0xfe, 0x00, 0x22, 0x0a]),
      Buffer.from(`${JSON.stringify({ n: 4, answer: 8 * KIB })}\n`),
    ]);
    const run = await runBatch(stack.url, { app: 'items', function: 'item', input }, 120_000);
    expect(run).toMatchObject({ itemsSucceeded: 2, itemsFailed: 2 });
    const items = await allItems(stack.url, run.runId);
    expect(items.map(({ failure, output }) => failure?.type ?? output)).toEqual([
      { n: 1 },
      'ItemTooLarge',
      'MalformedItem',
      { truncated: true, sizeBytes: expect.any(Number) },
    ]);
  });

  it('leaves the database in order', () => {
    expect(brokenInvariants(stack.databaseUrl)).toEqual([]);
  });
});
