import { DatabaseSync } from 'node:sqlite';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { BatchInput } from '#shared/domain/batch-definition.js';
import type { BatchRun, ItemOutcome } from '#shared/domain/batch.js';
import { newId } from '#shared/domain/ids.js';
import type { NewBatchRun } from '#shared/store/batch-store.js';
import { NamedRowSources } from '#shared/store/kysely/rows/named-row-sources.js';
import { activateApp, functionWith, openTempStores } from '../../../../../test/support/temp-stores.js';
import type { TempStores } from '../../../../../test/support/temp-stores.js';
import { InputFiles } from './input-files.js';
import { InputMaker } from './input-maker.js';
import { InputMaking } from './input-making.js';

Logger.overrideLogger(false);

const SETTINGS = {
  maxInputBytes: 1_000_000,
  maxInputItems: 10_000,
  chunkTargetSeconds: 30,
  itemConcurrency: 10,
  firstChunkItems: 20,
  maxChunkItems: 100,
  maxChunkBytes: 10_000,
  chunksInFlight: 3,
};

describe('InputMaking', () => {
  let stores: TempStores;
  let files: InputFiles;
  let making: InputMaking;

  beforeEach(async () => {
    stores = await openTempStores('input-making');
    const { batches, blobs, catalogue, inputs } = stores;
    files = new InputFiles(SETTINGS, blobs, inputs);
    const path = join(stores.folder, 'erp.db');
    const erp = new DatabaseSync(path);
    erp.exec(
      "create table bills (no integer, day text); insert into bills values (1, '2026-11-29'), (2, '2026-11-30')",
    );
    erp.close();
    const sources = new NamedRowSources({ erp: `sqlite:${path}` });
    const maker = new InputMaker(SETTINGS, files, blobs, batches, catalogue, sources, stores.deadLetters);
    making = new InputMaking(inputs, batches, maker);
  });

  afterEach(() => stores.dispose());

  async function runWith(input: BatchInput, more: Partial<NewBatchRun> = {}): Promise<BatchRun> {
    const version = await activateApp(stores, 'billing', [functionWith('invoice', { type: 'queueTrigger' })]);
    const created = await stores.batches.createRun({
      id: newId(),
      name: 'nightly',
      appId: version.appId,
      appVersionId: version.id,
      functionName: 'invoice',
      inputDigest: '',
      inputSizeBytes: 0,
      itemsTotal: 0,
      inputState: 'wanted',
      settings: { input, carryOver: true, pauseOnFailure: false },
      ...more,
    });
    return created.run;
  }

  /** Makes the run's input and reads it. */
  async function made(input: BatchInput, more: Partial<NewBatchRun> = {}): Promise<unknown[]> {
    const { id } = await runWith(input, more);
    expect(await making.makeOne()).toBe(true);
    const run = (await stores.batches.findRun(id))!;
    expect(run).toMatchObject({ state: 'waiting', inputState: 'ready', failure: undefined });
    const lines = (await text(await stores.blobs.open(run.inputDigest)))
      .split('\n')
      .filter((line) => line !== '');
    expect(lines).toHaveLength(run.itemsTotal);
    return lines.map((line) => JSON.parse(line) as unknown);
  }

  const uploaded = async (content: string): Promise<string> =>
    (await files.storeUpload(Readable.from([Buffer.from(content)], { objectMode: false }))).digest;

  type Outcome = Pick<ItemOutcome, 'lineNumber' | 'state' | 'output' | 'failure'>;

  /** A run of "nightly" that has ended: lines 1 and 3 succeeded, 2 failed. */
  const endedRun = (): Promise<BatchRun> =>
    ended({}, [
      { lineNumber: 1, state: 'succeeded', output: { total: 10 } },
      { lineNumber: 2, state: 'failed', failure: { source: 'function', type: 'Error', message: 'no' } },
      { lineNumber: 3, state: 'succeeded' },
    ]);

  const endedReplay = (parent: BatchRun, items: readonly Outcome[]): Promise<BatchRun> =>
    ended(
      { cause: 'replay', parentRunId: parent.id },
      items.map((item) =>
        item.state === 'failed'
          ? { ...item, failure: { source: 'function', type: 'Error', message: 'again' } }
          : item,
      ),
    );

  async function ended(more: Partial<NewBatchRun>, outcomes: readonly Outcome[]): Promise<BatchRun> {
    const file = await uploaded('{"n":1}\n{"n":2}\n{"n":3}\n');
    const run = await runWith(
      { kind: 'none' },
      { inputState: 'ready', inputDigest: file, inputSizeBytes: 24, itemsTotal: 3, ...more },
    );
    const chunk = { id: newId(), byteStart: 0, byteEnd: 24, firstLine: 1, lineCount: 3, itemCount: 3 };
    const next = { byteOffset: 24, lineNumber: 4 };
    await stores.batches.openChunk(run.id, { byteOffset: 0, lineNumber: 1 }, chunk, next);
    const base = { attempts: 1, startedAt: new Date(), durationMs: 1 };
    const items = outcomes.map((item) => ({ ...base, ...item }));
    const progress = { chunkId: chunk.id, runId: run.id, fence: 1001, machineId: newId(), items, done: true };
    await stores.batches.claimChunk(chunk.id, 1001, progress.machineId);
    await stores.batches.recordProgress([progress]);
    return stores.batches.endRunIfDue(run.id);
  }

  it('counts the items of a JSON Lines file, which stays what it is', async () => {
    const file = await uploaded('{"a":1}\n\n{"a":2}');
    expect(await made({ kind: 'jsonLines', file })).toEqual([{ a: 1 }, { a: 2 }]);
  });

  it('makes one of CSV', async () => {
    const file = await uploaded('id;name\n1;Ann\n');
    expect(await made({ kind: 'csv', file, delimiter: ';' })).toEqual([{ id: '1', name: 'Ann' }]);
  });

  it('makes one of a range', async () => {
    expect(await made({ kind: 'range', from: 2, to: 6, step: 2 })).toEqual([
      { index: 2 },
      { index: 4 },
      { index: 6 },
    ]);
  });

  it('makes one of a query, which may ask for the day that the run is for', async () => {
    const query = 'select no from bills where day = @businessDate and no > @least';
    const input = { kind: 'sql', connection: 'erp', query, parameters: { least: 0 } } as const;
    expect(await made(input, { businessDate: '2026-11-30' })).toEqual([{ no: 2 }]);
  });

  it("makes one of another batch's results", async () => {
    await endedRun();
    expect(await made({ kind: 'results', batch: 'nightly' }, { name: 'weekly' })).toEqual([
      { total: 10 },
      null,
    ]);
    expect(await made({ kind: 'results', batch: 'nightly', state: 'failed' }, { name: 'weekly' })).toEqual([
      { lineNumber: 2, input: { n: 2 }, failure: { source: 'function', type: 'Error', message: 'no' } },
    ]);
  });

  it('takes of each result what became of it when it was run again', async () => {
    const parent = await endedRun();
    await endedReplay(parent, [{ lineNumber: 2, state: 'failed' }]);
    const results = { kind: 'results', batch: 'nightly' } as const;
    expect(await made({ ...results, state: 'failed' }, { name: 'weekly' })).toMatchObject([
      { lineNumber: 2, input: { n: 2 }, failure: { message: 'again' } },
    ]);
    await endedReplay(parent, [{ lineNumber: 2, state: 'succeeded', output: 'healed' }]);
    expect(await made(results, { name: 'weekly' })).toEqual(['healed', { total: 10 }, null]);
    expect(await made({ ...results, state: 'failed' }, { name: 'weekly' })).toEqual([]);
  });

  it('makes the timer object for what has no items', async () => {
    const timer = { schedule: { adjustForDST: true }, scheduleStatus: null };
    expect(await made({ kind: 'none' })).toEqual([{ ...timer, isPastDue: false }]);
    expect(await made({ kind: 'none' }, { cause: 'catchUp' })).toEqual([{ ...timer, isPastDue: true }]);
  });

  it.each<[string, BatchInput | (() => Promise<BatchInput>), RegExp]>([
    [
      'a file that is not there',
      { kind: 'jsonLines', file: '0'.repeat(64) },
      /there is no file 000.*Upload it/,
    ],
    ['no such CSV file', { kind: 'csv', file: '0'.repeat(64) }, /there is no file/],
    [
      'a broken record',
      async () => ({ kind: 'csv', file: await uploaded('a,b\n1,2\n3\n') }),
      /line 3: the record has 1 fields/,
    ],
    ['a range of a billion', { kind: 'range', from: 1, to: 1e9 }, /1000000000 items.*maxInputItems/],
    [
      'no such connection',
      { kind: 'sql', connection: 'crm', query: 'select 1 as x' },
      /has no "crm"; it has erp/,
    ],
    [
      'a query that fails',
      { kind: 'sql', connection: 'erp', query: 'select x from bills' },
      /SQLite says: no such column/,
    ],
    [
      'a query whose parameter has no value',
      { kind: 'sql', connection: 'erp', query: 'select no from bills where no > @least' },
      /query: has @least, and parameters has none of this name/,
    ],
    [
      'a batch that never ran',
      { kind: 'results', batch: 'none' },
      /no run of "none" in the app "billing" has ended/,
    ],
  ])('fails a run with %s, and says why', async (_, given, message) => {
    const { id } = await runWith(typeof given === 'function' ? await given() : given);
    await making.makeOne();
    const run = await stores.batches.findRun(id);
    expect(run).toMatchObject({ state: 'failed', failure: { source: 'platform', type: 'InputNotMade' } });
    expect(run?.failure?.message).toMatch(message);
    expect(await making.makeOne()).toBe(false);
  });

  it('makes an empty input where there was nothing to do: the run succeeds', async () => {
    const { id } = await runWith({
      kind: 'sql',
      connection: 'erp',
      query: 'select no from bills where 1 = 0',
    });
    await making.makeOne();
    expect(await stores.batches.findRun(id)).toMatchObject({ inputState: 'ready', itemsTotal: 0 });
    expect(await stores.batches.endRunIfDue(id)).toMatchObject({ state: 'succeeded' });
  });

  it('takes over what a dead instance left, and gives up after it was begun too often', async () => {
    const { id } = await runWith({ kind: 'range', from: 1, to: 3 });
    await stores.inputs.claim(-1);
    expect(await making.makeOne()).toBe(true);
    expect(await stores.batches.findRun(id)).toMatchObject({ inputState: 'ready', itemsTotal: 3 });
    const deadly = await runWith({ kind: 'range', from: 1, to: 3 });
    for (let died = 0; died < 5; died += 1) await stores.inputs.claim(-1);
    await making.makeOne();
    const failed = await stores.batches.findRun(deadly.id);
    expect(failed).toMatchObject({ state: 'failed' });
    expect(failed?.failure?.message).toMatch(/begun 5 times/);
  });

  it('waits for a database that is away, and leaves a run that was cancelled', async () => {
    const { batches, blobs, catalogue, inputs } = stores;
    const gone = new NamedRowSources({ erp: `sqlite:${join(stores.folder, 'away.db')}` });
    const maker = new InputMaker(SETTINGS, files, blobs, batches, catalogue, gone, stores.deadLetters);
    const waiting = new InputMaking(inputs, batches, maker);
    const { id } = await runWith({ kind: 'sql', connection: 'erp', query: 'select 1 as x' });
    await waiting.makeOne();
    expect(await batches.findRun(id)).toMatchObject({ state: 'waiting', inputState: 'making' });
    await batches.cancelRun(id);
    expect(await batches.endRunIfDue(id)).toMatchObject({ state: 'cancelled' });
    expect(await making.makeOne()).toBe(false);
  });

  it('begins by itself, and releases what it could not end when it stops', async () => {
    const { id } = await runWith({
      kind: 'sql',
      connection: 'erp',
      query: 'with recursive n(i) as (select 1 union all select i + 1 from n limit 10001) select i from n',
    });
    making.onApplicationBootstrap();
    try {
      for (let state = 'waiting'; state === 'waiting';) {
        await new Promise((resolve) => setTimeout(resolve, 20));
        ({ state } = (await stores.batches.findRun(id))!);
      }
      const failed = await stores.batches.findRun(id);
      expect(failed?.failure?.message).toMatch(/more than 10000 items \(setting maxInputItems\)/);
    } finally {
      await making.beforeApplicationShutdown();
    }
  });
});
