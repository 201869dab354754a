import { Injectable } from '@nestjs/common';
import { ENDED_RUN_STATES, type BatchRun, type RunProgress } from '#shared/domain/batch.js';
import { BatchStore } from '#shared/store/batch-store.js';
import { DurationStore, type FunctionDurations } from '#shared/store/duration-store.js';
import { RunCourseStore } from '#shared/store/run-course-store.js';
import { Store } from '#shared/store/store.js';
import { PoolMachines } from '../../placement/pool-machines.js';
import { BatchSettings } from '../batch-settings.js';
import { efficiencyOf, type RunningPace } from './efficiency.js';
import { fleetOf, type PoolFleet } from './fleet.js';
import { itemTime } from './item-time.js';
import { offeredPlaces, type OfferedPlaces } from './offered-places.js';
import { PoolPast } from './pool-past.js';
import { recentPace, type Pace } from './recent-rate.js';
import { forecastRun, type RunForecast } from './run-forecast.js';
import { runWorks, type KnownWork, type OpenRunFacts } from './run-works.js';

/** A run as it is, with what is to be expected of it. */
export interface Outlook {
  readonly run: BatchRun;
  readonly progress: RunProgress;
  /** Null: it has only just begun. */
  readonly pace: Pace | null;
  readonly forecast: RunForecast;
  readonly machinesReady: number;
}

interface OutlookPage {
  readonly at: Date;
  readonly outlooks: ReadonlyMap<string, Outlook>;
}

/** An answer may be so old: it is computed for all open runs together, however many ask. */
const KEPT_MS = 15_000;
/** Points of its course of which one is some minutes old: they are 15 s apart at least. */
const RECENT_POINTS = 12;

type Facts = OpenRunFacts & { readonly progress: RunProgress; readonly pace: Pace | null };

/** Knows what is to be expected of each open run, a few seconds ago. */
@Injectable()
export class Forecasts {
  private page: OutlookPage = { at: new Date(0), outlooks: new Map() };
  private madeAtMs = -Infinity;
  private making: Promise<OutlookPage> | undefined;

  constructor(
    private readonly store: Store,
    private readonly settings: BatchSettings,
    private readonly batches: BatchStore,
    private readonly durations: DurationStore,
    private readonly courses: RunCourseStore,
    private readonly machines: PoolMachines,
    private readonly past: PoolPast,
  ) {}

  /** Null: the run has ended. */
  async of(run: BatchRun): Promise<Outlook | null> {
    if (ENDED_RUN_STATES.includes(run.state)) return null;
    // One that was made since is looked for at once, and once more where the answer was under way when it was made.
    for (const oldestMs of [KEPT_MS, 0, 0]) {
      const outlook = (await this.all(oldestMs)).outlooks.get(run.id);
      if (outlook) return outlook;
    }
    return null;
  }

  /** Of all open runs. @param oldestMs how old it may be */
  async all(oldestMs = KEPT_MS): Promise<OutlookPage> {
    if (performance.now() - this.madeAtMs < oldestMs) return this.page;
    this.making ??= this.make().finally(() => (this.making = undefined));
    return this.making;
  }

  private async make(): Promise<OutlookPage> {
    const beganMs = performance.now();
    const [runs, now] = await Promise.all([this.batches.listOpenRuns(), this.store.now()]);
    const sketches = await this.durations.ofApps([...new Set(runs.map(({ appId }) => appId))]);
    const facts = await Promise.all(runs.map((run) => this.factsOf(run, sketches, now)));
    const works = runWorks(facts, now.getTime());
    const pools = await this.poolsOf(facts, works, now);
    const outlooks = facts.map((one) => outlookOf(one, works, pools.get(this.poolKey(one)), now));
    this.page = { at: now, outlooks: new Map(outlooks.map((outlook) => [outlook.run.id, outlook])) };
    this.madeAtMs = beganMs;
    return this.page;
  }

  private async factsOf(run: BatchRun, sketches: readonly FunctionDurations[], now: Date): Promise<Facts> {
    const progress = await this.progressOf(run);
    const count = progress.itemsSucceeded + progress.itemsFailed;
    const sketch = sketches.find(
      (one) => one.kind === 'item' && one.appId === run.appId && one.functionName === run.functionName,
    )?.sketch;
    const points = count === 0 ? [] : await this.courses.newest(run.id, now, RECENT_POINTS);
    return {
      run,
      progress,
      pool: this.machines.poolOf(run),
      itemsDone: count + progress.itemsCancelled,
      time: itemTime(sketch, { count, durationMsTotal: progress.itemDurationMsTotal }),
      pace: recentPace(points, count, now),
    };
  }

  /** Nothing of a run that has not begun is in SQL: ten thousand of them need not be asked for. */
  private async progressOf(run: BatchRun): Promise<RunProgress> {
    return run.startedAt === null && run.state !== 'running' ? NO_PROGRESS : this.batches.progress(run.id);
  }

  /** By pool and requirements, what runs may count on. */
  private async poolsOf(facts: readonly Facts[], works: Works, now: Date): Promise<Map<string, Offer>> {
    const pools = new Map<string, Offer>();
    for (const one of facts) {
      const key = this.poolKey(one);
      if (pools.has(key)) continue;
      const inPool = facts.filter(({ pool, progress }) => pool === one.pool && progress.chunksTotal > 0);
      const paces = inPool.map((other) => paceOf(other, works));
      pools.set(key, await this.offerFor(one, paces, now));
    }
    return pools;
  }

  private async offerFor({ run, pool }: Facts, paces: readonly RunningPace[], now: Date): Promise<Offer> {
    const machines = (await this.machines.of(run)).filter(({ fits }) => fits).map(({ machine }) => machine);
    const { itemConcurrency, chunksInFlight } = this.settings;
    const expected = fleetOf(machines, now.getTime(), { placesPerSlot: itemConcurrency, chunksInFlight });
    const efficiency = efficiencyOf(paces, expected.placesReady);
    const fleet = fleetOf(machines, now.getTime(), {
      placesPerSlot: itemConcurrency * efficiency,
      chunksInFlight,
    });
    return { fleet, offered: offeredPlaces(now.getTime(), await this.past.of(pool, now), fleet) };
  }

  private poolKey({ run, pool }: Facts): string {
    return JSON.stringify([pool, ...this.machines.requirementsOf(run)]);
  }
}

type Works = ReadonlyMap<string, KnownWork>;

interface Offer {
  readonly fleet: PoolFleet;
  readonly offered: OfferedPlaces;
}

function outlookOf(
  { run, progress, pace }: Facts,
  works: Works,
  offer: Offer | undefined,
  now: Date,
): Outlook {
  const { work, unknown } = works.get(run.id) ?? { work: null, unknown: null };
  const forecast = forecastRun({
    nowMs: now.getTime(),
    work,
    unknown,
    deadlineAtMs: run.deadlineAt?.getTime() ?? null,
    offered: offer?.offered ?? NOTHING_OFFERED,
    placesPerMachine: offer?.fleet.placesPerMachine ?? 0,
  });
  return { run, progress, pace, forecast, machinesReady: offer?.fleet.machinesReady ?? 0 };
}

const NOTHING_OFFERED: OfferedPlaces = { places: { p50: () => 0, p90: () => 0 }, isFromHistory: false };

const NO_PROGRESS: RunProgress = {
  itemsSucceeded: 0,
  itemsFailed: 0,
  itemsCancelled: 0,
  chunksTotal: 0,
  chunksDone: 0,
  itemDurationMsTotal: 0,
};

function paceOf({ run, pace, time, itemsDone }: Facts, works: Works): RunningPace {
  return {
    pace,
    itemsLeft: run.itemsTotal - itemsDone,
    meanItemSeconds: time?.mean ?? null,
    isLimited: works.get(run.id)?.work?.mostAtOnce !== Infinity,
  };
}
