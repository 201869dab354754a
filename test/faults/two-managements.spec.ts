import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { queryRows } from '../support/database.js';
import { itemApp } from '../support/item-app.js';
import { startManagement, type RunningManagement } from '../support/management.js';
import { publishApp } from '../support/publish-app.js';
import { Stack } from '../support/stack.js';
import { waitFor } from '../support/wait-for.js';

jest.setTimeout(240_000);

const BATCHES = 10;
/** Every second each batch is due: so many kills, and so many seconds before the first and after the last. */
const KILLS = 4;
const OCCURRENCES = 50;

interface Occurrence {
  readonly batch_id: string;
  readonly planned_at: number;
  readonly run_id: string | null;
}

describe('Two managements at the same due times, of which one is killed', () => {
  let stack: Stack;
  let other: RunningManagement;
  const startOther = (port?: number): Promise<RunningManagement> =>
    startManagement({
      redisUrl: stack.redis.url,
      dataFolder: stack.management.dataFolder,
      databaseUrl: stack.databaseUrl,
      ...(port !== undefined && { port }),
    });

  beforeAll(async () => {
    stack = await Stack.start();
    await publishApp(stack.url, 'items', itemApp());
    // Runs are only made: nobody runs them.
    await stack.worker().stop();
    other = await startOther();
  });
  afterAll(async () => {
    await other.stop();
    await stack.stop();
  });

  const put = async (url: string, name: string, path = '', body?: object): Promise<void> => {
    const response = await fetch(`${url}/api/v1/apps/items/batches/${name}${path}`, {
      method: path === '' ? 'PUT' : 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body ?? {}),
    });
    if (!response.ok) throw new Error(`${name}: ${response.status} ${await response.text()}`);
  };
  const occurrences = (): Occurrence[] =>
    queryRows<Occurrence & Record<string, number | string | null>>(
      stack.databaseUrl,
      'SELECT batch_id, planned_at, run_id FROM batch_occurrences ORDER BY batch_id, planned_at',
    );

  /** Ends one at the moment at which everything is due, and starts it again. */
  async function killAtDueTime(round: number): Promise<void> {
    // Before, at and after the full second: while it reads, decides, writes.
    await sleep(1_000 - (Date.now() % 1_000) + round * 15);
    if (round % 2 === 0) {
      await other.kill();
      other = await startOther(other.port);
    } else {
      await stack.management.kill();
      await stack.startManagement();
    }
  }

  it('make each occurrence once: none twice, none lost', async () => {
    const names = Array.from({ length: BATCHES }, (_, index) => `each-second-${index}`);
    for (const name of names)
      await put(stack.url, name, '', {
        function: 'item',
        input: { kind: 'range', from: 1, to: 1 },
        schedule: '* * * * * *',
        timeZone: 'UTC',
        misfire: 'runAll',
        overlap: 'allowAll',
      });
    for (let round = 0; round < KILLS; round += 1) await killAtDueTime(round);
    await waitFor(() => occurrences().length >= OCCURRENCES, {
      timeoutMs: 90_000,
      what: `${OCCURRENCES} occurrences`,
    });
    for (const name of names) await put(other.url, name, '/pause', { note: 'Enough.' });

    const made = occurrences();
    const runs = queryRows<{ id: string; planned_at: number; batch_id: string }>(
      stack.databaseUrl,
      'SELECT id, planned_at, batch_id FROM batch_runs ORDER BY batch_id, planned_at',
    );
    // None twice: a run for each occurrence, each of a time of its own.
    const keysOf = (all: readonly { batch_id: string; planned_at: number }[]): string[] =>
      all.map(({ batch_id, planned_at }) => `${batch_id} ${planned_at}`);
    expect(keysOf(runs)).toEqual(keysOf(made));
    expect(new Set(keysOf(runs)).size).toBe(runs.length);
    expect(made.filter(({ run_id }) => run_id === null)).toEqual([]);
    // None lost: of each batch every second, from its first to its last.
    const byBatch = Map.groupBy(made, ({ batch_id }) => batch_id);
    expect(byBatch.size).toBe(BATCHES);
    for (const all of byBatch.values()) {
      const seconds = all.map(({ planned_at }) => planned_at / 1000);
      const first = seconds[0] ?? 0;
      expect(seconds).toEqual(seconds.map((_, index) => first + index));
    }
  });
});
