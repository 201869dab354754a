import { Injectable } from '@nestjs/common';
import type { BatchRun, WaitReason } from '#shared/domain/batch.js';
import { BatchStore, type OpenWork } from '#shared/store/batch-store.js';
import { Store } from '#shared/store/store.js';
import { DispatchSettings } from '../../dispatch/dispatch-settings.js';
import { Matchmaker } from '../../placement/matchmaker.js';
import { BatchSettings } from '../batch-settings.js';
import { FailureLimits } from '../failure-limits.js';
import type { OpenRun } from '../run-decision.js';
import { NOTHING_ALLOWED } from './allowance.js';
import { ItemTimes } from './item-times.js';
import { PoolUsages, type Usage } from './pool-usages.js';

/** What a chunk is taken to need while nothing is known of its function, and at least: its own costs count too. Seconds of calls. */
const LEAST_CHUNK_SECONDS = 1;

export interface KnownRun {
  readonly run: BatchRun;
  readonly facts: OpenRun;
  /** Until its window ends; undefined: it has none. */
  readonly windowLeftSeconds: number | undefined;
}

/** Gathers what is to be known of open runs for a decision: a few reads, however many runs there are. */
@Injectable()
export class RunFacts {
  constructor(
    private readonly settings: DispatchSettings,
    private readonly sizes: BatchSettings,
    private readonly store: Store,
    private readonly batches: BatchStore,
    private readonly usages: PoolUsages,
    private readonly times: ItemTimes,
    private readonly matchmaker: Matchmaker,
    private readonly failures: FailureLimits,
  ) {}

  /** The oldest first. */
  async gather(): Promise<readonly KnownRun[]> {
    const runs = await this.batches.listOpenRuns();
    this.failures.keepOnly(new Set(runs.map(({ id }) => id)));
    if (runs.length === 0) return [];
    // After the runs: whatever was opened before their cursors came to where they are is in it.
    const open = new Map((await this.batches.listOpenWork()).map((work) => [work.runId, work]));
    const now = runs.some(isTimed) ? await this.store.now() : null;
    const usage = await this.usagesOf(runs);
    return Promise.all(runs.map((run) => this.factsOf(run, open.get(run.id), now, usage)));
  }

  private async factsOf(
    run: BatchRun,
    open: OpenWork | undefined,
    now: Date | null,
    usage: (run: BatchRun) => Pick<OpenRun, 'appUsage' | 'batchUsage'>,
  ): Promise<KnownRun> {
    const { settings } = run;
    const openChunks = open?.chunks ?? 0;
    const windowLeftSeconds = now && run.windowEndsAt ? secondsUntil(run.windowEndsAt, now) : undefined;
    const meanItemMs = this.times.lastKnown(run);
    const facts: OpenRun = {
      id: run.id,
      appId: run.appId,
      batchId: run.batchId,
      priority: run.priority,
      ...usage(run),
      state: run.state,
      inputReady: run.inputState === 'ready',
      allChunksMade: run.cursor.byteOffset >= run.inputSizeBytes,
      isItsTime: hasCome(run.notBefore, now) && (windowLeftSeconds ?? 1) > 0,
      openChunks,
      // After the chunks: where none is open any more, all their failures are counted.
      tooManyFailures: await this.failures.reached(run, openChunks),
      silentChunks: (open?.silent ?? 0) + (open?.untaken ?? 0),
      noMachine: (await this.noMachine(run)) ?? notTaken(open),
      pool: this.poolOf(run),
      limits: {
        concurrency: settings?.concurrencyLimit,
        itemsPerSecond: settings?.rateLimit?.itemsPerSecond,
      },
      allowed: open ?? NOTHING_ALLOWED,
      meanItemMs,
      chunkSeconds: this.chunkSeconds(run, meanItemMs),
    };
    return { run, facts, windowLeftSeconds };
  }

  private chunkSeconds({ itemsTotal }: BatchRun, meanItemMs: number | null): number {
    const { chunkTargetSeconds, itemConcurrency, maxChunkItems } = this.sizes;
    const mostItems = ((meanItemMs ?? 0) * Math.min(itemsTotal, maxChunkItems)) / 1000;
    return Math.max(LEAST_CHUNK_SECONDS, Math.min(chunkTargetSeconds * itemConcurrency, mostItems));
  }

  private async noMachine(run: BatchRun): Promise<OpenRun['noMachine']> {
    if (run.state !== 'waiting' && run.state !== 'running') return undefined;
    return (await this.matchmaker.whyWaiting(run)) ?? undefined;
  }

  private async usagesOf(
    runs: readonly BatchRun[],
  ): Promise<(run: BatchRun) => Pick<OpenRun, 'appUsage' | 'batchUsage'>> {
    const pools = new Map<string, Usage>();
    for (const pool of new Set(runs.map((run) => this.poolOf(run))))
      pools.set(pool, await this.usages.of(pool));
    const ofBatch = (run: BatchRun): number => pools.get(this.poolOf(run))?.ofBatch(run.batchId) ?? 0;
    const ofApp = new Map<string, number>();
    // Each batch once, however many runs of it are open.
    for (const run of new Map(runs.map((one) => [`${this.poolOf(one)} ${one.batchId}`, one])).values()) {
      const key = `${this.poolOf(run)} ${run.appId}`;
      const calls = pools.get(this.poolOf(run))?.ofCalls(run.appId) ?? 0;
      ofApp.set(key, (ofApp.get(key) ?? calls) + ofBatch(run));
    }
    return (run) => ({
      batchUsage: ofBatch(run),
      appUsage: ofApp.get(`${this.poolOf(run)} ${run.appId}`) ?? 0,
    });
  }

  private poolOf({ pool }: BatchRun): string {
    return pool ?? this.settings.pool;
  }
}

/** More of it would only lie beside what nobody takes. */
function notTaken(open: OpenWork | undefined): WaitReason | undefined {
  if (!open || open.untaken === 0) return undefined;
  return {
    code: 'NOT_TAKEN',
    message: `No machine has taken what is queued of it for two minutes: none is free, or none has the time that its items need.`,
  };
}

function isTimed({ notBefore, windowEndsAt }: BatchRun): boolean {
  return notBefore !== null || windowEndsAt !== null;
}

function hasCome(at: Date | null, now: Date | null): boolean {
  return at === null || now === null || at.getTime() <= now.getTime();
}

function secondsUntil(at: Date, now: Date): number {
  return (at.getTime() - now.getTime()) / 1000;
}
