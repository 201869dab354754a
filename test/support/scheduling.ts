import { DatabaseSync } from 'node:sqlite';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { BatchRun } from '#shared/domain/batch.js';
import { parseBatchDefinition } from '#shared/contracts/batch-definition/parse-definition.js';
import type { AppVersion } from '#shared/domain/function-app.js';
import type { DefinedBatch } from '#shared/domain/defined-batch.js';
import { newId } from '#shared/domain/ids.js';
import { ActiveVersions } from '../../apps/management/src/batches/definitions/active-versions.js';
import { InputFiles } from '../../apps/management/src/batches/inputs/input-files.js';
import { BatchScheduler } from '../../apps/management/src/batches/scheduling/batch-scheduler.js';
import { CarryOver } from '../../apps/management/src/batches/scheduling/carry-over.js';
import { EndedRuns } from '../../apps/management/src/batches/scheduling/ended-runs.js';
import { LeftItems } from '../../apps/management/src/batches/scheduling/left-items.js';
import { WindowEnds } from '../../apps/management/src/batches/scheduling/window-ends.js';
import { DueBatches } from '../../apps/management/src/batches/scheduling/due-batches.js';
import { PlannedRuns } from '../../apps/management/src/batches/scheduling/planned-runs.js';
import { ScheduleFactsReader } from '../../apps/management/src/batches/scheduling/schedule-facts.js';
import { UpstreamRuns } from '../../apps/management/src/batches/scheduling/upstream-runs.js';
import { WaitingRuns } from '../../apps/management/src/batches/scheduling/waiting-runs.js';
import { activateApp, functionWith, openTempStores, type TempStores } from './temp-stores.js';

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

const TIMER = { function: 'tick', input: { kind: 'none' } };
/** A timer function has no second schedule. */
const ITEMS = { function: 'item', input: { kind: 'range', from: 1, to: 3 } };

/** One instance's scheduler over these stores, by a clock of its own. Its loop is not started: `lookAtAll` is a round. */
export function schedulerOver(stores: TempStores, now: () => Promise<Date>): BatchScheduler {
  const { runSchedules, batches, occurrences, calendars, catalogue, blobs, inputs } = stores;
  const facts = new ScheduleFactsReader(calendars, new ActiveVersions(catalogue));
  const planned = new PlannedRuns(new InputFiles(SETTINGS, blobs, inputs));
  const upstream = new UpstreamRuns(runSchedules);
  const left = new LeftItems(batches, blobs, inputs);
  const queue = { withdrawChunks: () => Promise.resolve() };
  const wakeable = { wake: () => undefined };
  return new BatchScheduler(
    { now } as never,
    new EndedRuns(runSchedules, batches, stores.batchDefinitions, occurrences, upstream, facts, planned),
    new DueBatches(occurrences, runSchedules, facts, planned),
    new WaitingRuns(runSchedules, batches, upstream),
    new WindowEnds(runSchedules, batches, queue as never, facts, left, upstream, new CarryOver()),
    wakeable as never,
    wakeable as never,
  );
}

/** The real scheduler and stores by a scripted clock, and runs that end as the test says. */
export class SchedulingWorld {
  private constructor(
    readonly stores: TempStores,
    private readonly app: AppVersion,
    private readonly clock: { now: Date },
    private readonly scheduler: BatchScheduler,
  ) {}

  static async open(): Promise<SchedulingWorld> {
    const stores = await openTempStores('scheduling');
    const app = await activateApp(stores, 'shop', [
      functionWith('item', { type: 'queueTrigger' }),
      functionWith('tick', { type: 'timerTrigger', schedule: '0 0 0 1 1 *' }),
    ]);
    const clock = { now: new Date(0) };
    return new SchedulingWorld(
      stores,
      app,
      clock,
      schedulerOver(stores, () => Promise.resolve(clock.now)),
    );
  }

  /** Sets the clock, and looks. */
  async at(time: string): Promise<void> {
    this.clock.now = new Date(time);
    await this.scheduler.lookAtAll();
  }

  /** Defines a batch at a time of the scripted clock. A timer function, or three items where it has a schedule. */
  async define(name: string, definition: object, since: string): Promise<DefinedBatch> {
    const outcome = await this.stores.batchDefinitions.put({
      appId: this.app.appId,
      definition: parseBatchDefinition({
        name,
        app: 'shop',
        ...('schedule' in definition ? ITEMS : TIMER),
        ...definition,
      }),
      changedBy: 'Ann',
    });
    if (!('batch' in outcome)) throw new Error(`Not defined: ${JSON.stringify(outcome)}`);
    const sinceMs = Date.parse(since);
    this.change(
      'UPDATE batches SET active_since = ?, next_due_at = ? WHERE id = ?',
      sinceMs,
      sinceMs,
      outcome.batch.id,
    );
    return outcome.batch;
  }

  /** For what only the clock of the database would do. */
  change(statement: string, ...values: (string | number)[]): void {
    const file = new DatabaseSync(join(this.stores.folder, 'nightjar.db'));
    try {
      file.prepare(statement).run(...values);
    } finally {
      file.close();
    }
  }

  /** All runs of a batch, the oldest first. */
  async runs(batch: DefinedBatch): Promise<readonly BatchRun[]> {
    const { rows } = await this.stores.batches.listRuns({ limit: 1000 }, { batchId: batch.id });
    return rows.toReversed();
  }

  /** Why occurrences were not run, by when they were planned. */
  async skipped(batch: DefinedBatch): Promise<readonly string[]> {
    const all = await this.stores.occurrences.list(batch.id, 1000);
    return all
      .filter(({ runId }) => runId === null)
      .map(({ plannedAt, reason }) => `${plannedAt.toISOString().slice(0, 16)} ${reason}`)
      .toReversed();
  }

  /** Has the one chunk of a run begun, and leaves it with a worker. */
  async begin(planned: BatchRun): Promise<string> {
    const { batches } = this.stores;
    const { id, cursor, inputSizeBytes, itemsTotal } = await this.withInput(planned);
    const chunkId = newId();
    const chunk = {
      id: chunkId,
      byteStart: 0,
      byteEnd: inputSizeBytes,
      firstLine: 1,
      lineCount: itemsTotal,
      itemCount: itemsTotal,
    };
    const next = { byteOffset: inputSizeBytes, lineNumber: itemsTotal + 1 };
    if (!(await batches.openChunk(id, cursor, chunk, next))) throw new Error(`The run ${id} takes no chunk.`);
    await batches.claimChunk(chunkId, 1001, 'machine');
    return chunkId;
  }

  /** Runs a run's items, all with one end. */
  async finish(run: BatchRun, state: 'succeeded' | 'failed' = 'succeeded'): Promise<BatchRun> {
    const { batches } = this.stores;
    const chunkId = await this.begin(run);
    const { itemsTotal } = await this.withInput(run);
    const items = Array.from({ length: itemsTotal }, (_, index) => ({
      lineNumber: index + 1,
      state,
      attempts: 1,
      startedAt: this.clock.now,
      durationMs: 1,
    }));
    const progress = { chunkId, runId: run.id, fence: 1001, machineId: 'machine', items, done: true };
    const { refusedChunkIds } = await batches.recordProgress([progress]);
    if (refusedChunkIds.length > 0) throw new Error(`The chunk of the run ${run.id} was refused.`);
    return batches.endRunIfDue(run.id);
  }

  /** What `InputMaking` does, by a clock that is none of this world. */
  private async withInput(run: BatchRun): Promise<BatchRun> {
    if (run.inputState === 'wanted') {
      const input = await this.stores.blobs.put(Readable.from([Buffer.from('1\n2\n3\n')]), {
        bytes: 100,
        what: 'input',
        setting: 'none',
      });
      this.change(
        "UPDATE batch_runs SET input_state = 'ready', input_digest = ?, input_size_bytes = ?, items_total = 3 WHERE id = ?",
        input.digest,
        input.sizeBytes,
        run.id,
      );
    }
    return (await this.stores.batches.findRun(run.id)) ?? run;
  }
}
