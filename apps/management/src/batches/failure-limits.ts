import { Injectable, Logger } from '@nestjs/common';
import type { BatchRun } from '#shared/domain/batch.js';
import { judgeFailures } from '#shared/domain/failure-threshold.js';
import type { Failure } from '#shared/domain/invocation.js';
import { BatchEventStore } from '#shared/store/batch-event-store.js';
import { BatchStore } from '#shared/store/batch-store.js';

/** How often the failures of one run are added up: a chunk's row at a time, so of a million items some thousand rows. */
const JUDGED_EVERY_MS = 500;
const GOES_ON: readonly BatchRun['state'][] = ['waiting', 'running', 'draining'];

/** Watches how many items of open runs fail, and acts as their `failureThreshold` says. */
@Injectable()
export class FailureLimits {
  private readonly logger = new Logger(FailureLimits.name);
  /** By run: when it was judged last (monotonic), and whether its warning is on record. Forgotten with the run. */
  private readonly judged = new Map<string, { readonly atMs: number; readonly hasWarned: boolean }>();

  constructor(
    private readonly batches: BatchStore,
    private readonly events: BatchEventStore,
  ) {}

  /**
   * The limit that a run has reached and for which it is to be stopped, in words. A limit that only warns is put on record, once.
   * A run of which no chunk is open is always judged: it would end otherwise.
   */
  async reached(run: BatchRun, openChunks: number): Promise<string | undefined> {
    const limits = run.settings?.failureThreshold;
    if (!limits || !GOES_ON.includes(run.state)) return undefined;
    const before = this.judged.get(run.id);
    const now = performance.now();
    if (openChunks > 0 && before && now - before.atMs < JUDGED_EVERY_MS) return undefined;
    const { itemsSucceeded, itemsFailed } = await this.batches.progress(run.id);
    const verdict = judgeFailures(limits, { itemsTotal: run.itemsTotal, itemsSucceeded, itemsFailed });
    const hasWarned = before?.hasWarned ?? false;
    if (verdict.kind === 'warn' && !hasWarned) await this.warn(run, verdict.reached, itemsFailed);
    this.judged.set(run.id, { atMs: now, hasWarned: hasWarned || verdict.kind === 'warn' });
    return verdict.kind === 'stop' ? verdict.reached : undefined;
  }

  /** Stops the run: nothing more of it begins, and it ends as failed. False when it was stopped, cancelled or ended before. */
  async stop(run: BatchRun, reached: string): Promise<boolean> {
    const failure: Failure = {
      source: 'function',
      type: 'TooManyFailures',
      message: `The run was stopped: ${reached}. Look at its failure groups, mend the function or the items, then re-run it.`,
    };
    if (!(await this.batches.stopRun(run.id, failure))) return false;
    await this.events.record({ runId: run.id, kind: 'tooManyFailures', details: { reached } });
    this.logger.warn({ runId: run.id, reached }, 'A batch run is stopped: too many of its items failed.');
    return true;
  }

  /** Keeps what it knows of these runs only. */
  keepOnly(runIds: ReadonlySet<string>): void {
    for (const runId of this.judged.keys()) if (!runIds.has(runId)) this.judged.delete(runId);
  }

  private async warn(run: BatchRun, reached: string, itemsFailed: number): Promise<void> {
    const isFirst = await this.events.record({
      runId: run.id,
      kind: 'failuresWarning',
      details: { reached, itemsFailed },
    });
    if (isFirst) this.logger.warn({ runId: run.id, reached }, 'Many items of a batch run fail.');
  }
}
