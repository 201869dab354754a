import { join } from 'node:path';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import type { ChunkProgress, ItemOutcome } from '#shared/domain/batch.js';
import type { AppVersion } from '#shared/domain/function-app.js';
import { newId } from '#shared/domain/ids.js';
import { openStores, type Stores } from '#shared/store/kysely/open-stores.js';
import { medianOf, resultOf, type Bench, type BenchContext, type BenchResult } from './bench.js';

/** As many as a recorder commits at once when a language worker is at full speed. */
const BATCH_ROWS = 10_000;
const BATCHES = 20;
/** The multi-row insert's best, tried from 1 to 1,000. */
const STATEMENT_ROWS = 100;
/** Those that the store writes; a row has more, which are for later. */
const COLUMNS = [
  'run_id',
  'line_number',
  'state',
  'attempts',
  'started_at',
  'duration_ms',
  'output',
  'failure',
  'logs',
  'fingerprint',
  'earlier_failures',
];

/**
 * Items recorded through `BatchStore.recordProgress`, each with its claim checked, its chunk counted and its place found to be
 * free, against a bare multi-row insert of the same rows into a table of the same shape in a file with the same settings.
 * The bare one gets its values ready-made: what the store spends on turning outcomes into rows counts against the store.
 */
async function run(context: BenchContext): Promise<BenchResult[]> {
  const databaseFile = join(context.workFolder, 'store.db');
  const stores = await openStores({ databaseUrl: `sqlite:${databaseFile}` });
  await stores.store.migrate();
  const bare = new BareInsert(join(context.workFolder, 'bare.db'), databaseFile);
  const app = await activateApp(stores);
  try {
    // Once for nothing: code is compiled, files have grown.
    await oneRound(stores, app, bare);
    const rounds: Round[] = [];
    for (let round = 0; round < context.rounds; round++) rounds.push(await oneRound(stores, app, bare));
    const value = medianOf(rounds.map((round) => round.value));
    const baseline = medianOf(rounds.map((round) => round.baseline));
    return [resultOf({ name: 'record-rows', value, baseline, unit: 'rows/s', goal: '>= 0.7' })];
  } finally {
    bare.close();
    await stores.store.close();
  }
}

interface Round {
  readonly value: number;
  readonly baseline: number;
}

/** The two take turns batch by batch: whatever else the machine and its disk do meanwhile falls on both. */
async function oneRound(stores: Stores, app: AppVersion, bare: BareInsert): Promise<Round> {
  const progress = await openChunks(stores, app);
  const runId = progress[0]?.runId ?? '';
  let storeMs = 0;
  let bareMs = 0;
  for (const [batch, one] of progress.entries()) {
    const values = valuesOf(runId, batch);
    const bareStartedMs = performance.now();
    bare.insert(values);
    const storeStartedMs = performance.now();
    const { refusedChunkIds } = await stores.batches.recordProgress([one]);
    const endedMs = performance.now();
    if (refusedChunkIds.length > 0) throw new Error('A chunk was refused');
    bareMs += storeStartedMs - bareStartedMs;
    storeMs += endedMs - storeStartedMs;
  }
  const { itemsSucceeded } = await stores.batches.progress(runId);
  if (itemsSucceeded !== BATCHES * BATCH_ROWS) throw new Error(`${itemsSucceeded} items were recorded`);
  return { value: (itemsSucceeded * 1000) / storeMs, baseline: (itemsSucceeded * 1000) / bareMs };
}

/** What a language worker gave back for a line. */
function outcomeOf(lineNumber: number): ItemOutcome {
  return {
    lineNumber,
    state: 'succeeded',
    attempts: 1,
    startedAt: new Date(1_764_000_000_000 + lineNumber),
    durationMs: 3.25,
    output: { invoice: `INV-${lineNumber}`, total: 1234.56, paid: true },
  };
}

/** A new run, with each batch's chunk made and claimed. */
async function openChunks(stores: Stores, app: AppVersion): Promise<ChunkProgress[]> {
  const { run } = await stores.batches.createRun({
    id: newId(),
    name: 'record-rows',
    appId: app.appId,
    appVersionId: app.id,
    functionName: 'item',
    inputDigest: '0'.repeat(64),
    inputSizeBytes: BATCHES,
    itemsTotal: BATCHES * BATCH_ROWS,
  });
  const progress: ChunkProgress[] = [];
  for (let batch = 0; batch < BATCHES; batch++) {
    const firstLine = batch * BATCH_ROWS + 1;
    const chunk = { id: newId(), byteStart: batch, byteEnd: batch + 1, firstLine, lineCount: BATCH_ROWS };
    const here = { byteOffset: batch, lineNumber: firstLine };
    const next = { byteOffset: batch + 1, lineNumber: firstLine + BATCH_ROWS };
    await stores.batches.openChunk(run.id, here, { ...chunk, itemCount: BATCH_ROWS }, next);
    const machineId = newId();
    await stores.batches.claimChunk(chunk.id, 1001, machineId);
    const items = Array.from({ length: BATCH_ROWS }, (_, index) => outcomeOf(firstLine + index));
    progress.push({ chunkId: chunk.id, runId: run.id, fence: 1001, machineId, items, done: true });
  }
  return progress;
}

/** A table of the same shape in a file of the same settings, and nothing but the insert. */
class BareInsert {
  private readonly database: DatabaseSync;
  private readonly rows: StatementSync;

  constructor(file: string, like: string) {
    this.database = new DatabaseSync(file);
    const model = new DatabaseSync(like, { readOnly: true });
    this.database.exec(
      'pragma journal_mode = wal; pragma synchronous = normal; pragma wal_autocheckpoint = 16384',
    );
    this.database.exec('pragma cache_size = -32768; pragma temp_store = memory');
    const shape = model.prepare(
      `select sql from sqlite_schema where tbl_name = 'batch_items' and sql is not null order by type desc`,
    );
    for (const { sql } of shape.all()) this.database.exec(String(sql));
    model.close();
    const row = `(${Array(COLUMNS.length).fill('?').join(', ')})`;
    const rows = Array<string>(STATEMENT_ROWS).fill(row).join(', ');
    this.rows = this.database.prepare(`insert into batch_items (${COLUMNS.join(', ')}) values ${rows}`);
  }

  insert(values: readonly SQLInputValue[]): void {
    const step = STATEMENT_ROWS * COLUMNS.length;
    this.database.exec('begin immediate');
    for (let from = 0; from < values.length; from += step) this.rows.run(...values.slice(from, from + step));
    this.database.exec('commit');
  }

  close(): void {
    this.database.close();
  }
}

function valuesOf(runId: string, batch: number): SQLInputValue[] {
  return Array.from({ length: BATCH_ROWS }, (_, index) => outcomeOf(batch * BATCH_ROWS + index + 1)).flatMap(
    (item) => [
      runId,
      item.lineNumber,
      item.state,
      item.attempts,
      item.startedAt.getTime(),
      item.durationMs,
      JSON.stringify(item.output),
      null,
      null,
      null,
      null,
    ],
  );
}

async function activateApp(stores: Stores): Promise<AppVersion> {
  const app = await stores.catalogue.findOrCreateApp('bench');
  return stores.catalogue.activateVersion({
    id: newId(),
    appId: app.id,
    packageDigest: '0'.repeat(64),
    packageSizeBytes: 1,
    host: {
      functionTimeoutSeconds: null,
      http: {
        routePrefix: 'api',
        maxConcurrentRequests: null,
        maxOutstandingRequests: null,
        customHeaders: {},
      },
      logLevels: {},
    },
    functions: [],
    schedules: [],
  });
}

export default { name: 'record-rows', run } satisfies Bench;
