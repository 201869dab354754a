import { once } from 'node:events';
import { DatabaseSync } from 'node:sqlite';
import { request } from 'node:http';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { BatchInput } from '#shared/domain/batch-definition.js';
import type { BatchRun } from '#shared/domain/batch.js';
import type { AppVersion } from '#shared/domain/function-app.js';
import { newId } from '#shared/domain/ids.js';
import { openStores, type Stores } from '#shared/store/kysely/open-stores.js';
import { startManagement, type RunningManagement } from '../support/management.js';
import { residentBytes } from '../support/process-memory.js';
import { startRedis, type TestRedis } from '../support/redis.js';
import { activateApp, functionWith } from '../support/temp-stores.js';
import { waitFor } from '../support/wait-for.js';

jest.setTimeout(180_000);

const MIB = 2 ** 20;
const WAIT = { timeoutMs: 120_000, intervalMs: 50 };
/** Each of these files is larger than this: who holds one, in whatever form, goes past it. */
const GROWTH_MAX_BYTES = 160 * MIB;
const SAMPLE_MS = 20;

describe('inputs and results of a million items', () => {
  let redis: TestRedis;
  let management: RunningManagement;
  let stores: Stores;
  let version: AppVersion;

  beforeAll(async () => {
    redis = await startRedis();
    // There is no worker: what is to run waits.
    management = await startManagement({ redisUrl: redis.url, settings: { NIGHTJAR_LOG_LEVEL: 'warn' } });
    stores = await openStores({ databaseUrl: management.databaseUrl });
    version = await activateApp(stores, 'crm', [functionWith('greet', { type: 'queueTrigger' })]);
  });

  afterAll(async () => {
    await stores.store.close();
    await management.stop();
    await redis.stop();
  });

  /** By how much management grew while something was done. */
  async function growthDuring(work: () => Promise<void>): Promise<number> {
    const { pid } = management.service.process;
    const before = residentBytes(pid);
    let most = before;
    const sampler = setInterval(() => (most = Math.max(most, residentBytes(pid))), SAMPLE_MS);
    await work().finally(() => clearInterval(sampler));
    return most - before;
  }

  async function makeInput(input: BatchInput): Promise<BatchRun> {
    const { run } = await stores.batches.createRun({
      id: newId(),
      name: 'nightly',
      appId: version.appId,
      appVersionId: version.id,
      functionName: 'greet',
      inputDigest: '',
      inputSizeBytes: 0,
      itemsTotal: 0,
      inputState: 'wanted',
      settings: { input, carryOver: true, pauseOnFailure: false },
    });
    const made = await waitFor(async () => {
      const found = await stores.batches.findRun(run.id);
      return found && (found.inputState === 'ready' || found.endedAt !== null) ? found : undefined;
    }, WAIT);
    expect(made).toMatchObject({ inputState: 'ready', failure: undefined });
    return made;
  }

  it('makes a run of a CSV file of a million records', async () => {
    const records = 1_000_000;
    const padding = 'x'.repeat(150);
    let answer: { itemsTotal?: number; runId?: string } = {};
    const growth = await growthDuring(async () => {
      const sent = request(`${management.url}/api/v1/batches?app=crm&function=greet`, {
        method: 'POST',
        headers: { 'content-type': 'text/csv' },
      });
      const answered = once(sent, 'response');
      await pipeline(Readable.from(csvPieces(records, padding)), sent);
      const [response] = (await answered) as [Readable];
      answer = JSON.parse(await text(response)) as typeof answer;
    });
    expect(answer).toMatchObject({ itemsTotal: records });
    const run = await stores.batches.findRun(answer.runId ?? '');
    expect(run?.inputSizeBytes).toBeGreaterThan(GROWTH_MAX_BYTES);
    expect(growth).toBeLessThan(GROWTH_MAX_BYTES);
    await stores.batches.cancelRun(run?.id ?? '');
  });

  it('makes the input of a range of ten million numbers', async () => {
    let run: BatchRun | undefined;
    const growth = await growthDuring(async () => {
      run = await makeInput({ kind: 'range', from: 1, to: 10_000_000 });
    });
    expect(run).toMatchObject({ itemsTotal: 10_000_000 });
    expect(run?.inputSizeBytes).toBeGreaterThan(GROWTH_MAX_BYTES);
    expect(growth).toBeLessThan(GROWTH_MAX_BYTES);
    await stores.batches.cancelRun(run?.id ?? '');
  });

  it('exports results of any length', async () => {
    const { id } = await makeInput({ kind: 'range', from: 1, to: 10 });
    const items = 50_000;
    writeItems(id, items, 4000);
    let bytes = 0;
    let lines = 0;
    const growth = await growthDuring(async () => {
      const response = await fetch(`${management.url}/api/v1/batches/runs/${id}/export`, {
        headers: { 'accept-encoding': 'identity' },
      });
      for await (const piece of response.body as unknown as AsyncIterable<Uint8Array>) {
        bytes += piece.length;
        for (const byte of piece) if (byte === 0x0a) lines += 1;
      }
    });
    expect(lines).toBe(items);
    expect(bytes).toBeGreaterThan(GROWTH_MAX_BYTES);
    expect(growth).toBeLessThan(GROWTH_MAX_BYTES);
  });

  /** As workers would leave them. */
  function writeItems(runId: string, count: number, outputCharacters: number): void {
    const database = new DatabaseSync(management.databaseUrl.slice('sqlite:'.length), { timeout: 60_000 });
    database
      .prepare(
        `with recursive line(n) as (select 1 union all select n + 1 from line limit ?)
         insert into batch_items (run_id, line_number, state, attempts, started_at, duration_ms, output)
         select ?, n, 'succeeded', 1, 0, 1.5, '"' || printf('%.*c', ?, 'x') || '"' from line`,
      )
      .run(count, runId, outputCharacters);
    database.close();
  }
});

function* csvPieces(records: number, padding: string): Generator<string> {
  let piece = 'id,name,note\r\n';
  for (let id = 0; id < records; id += 1) {
    piece += `${id},"Customer, ${id}",${padding}\r\n`;
    if (piece.length < 256 * 1024) continue;
    yield piece;
    piece = '';
  }
  yield piece;
}
