import { usageAt, usageWith, type Usage } from '#shared/domain/capacity/fair-share.js';
import { addDuration, emptySketch, type DurationSketch } from '#shared/domain/capacity/duration-sketch.js';
import { admit, type TimeLeft } from '../../apps/worker/src/capacity/admission/admission.js';
import { DAY_MS, HOUR_MS } from './local-time.js';
import type { Random } from './random.js';

/** A batch that comes each night. Work is reckoned in core-seconds. */
interface BatchPlan {
  readonly name: string;
  /** The least that can be lost or kept. */
  readonly itemSeconds: number;
  /** What is handed out at a time: items, one after the other. */
  readonly chunkSeconds: number;
  readonly timeoutSeconds: number;
  /** Of a night's work. */
  readonly share: number;
}

const PLANS: readonly BatchPlan[] = [
  { name: 'invoices', itemSeconds: 2, chunkSeconds: 30, timeoutSeconds: 300, share: 0.5 },
  { name: 'risk', itemSeconds: 20, chunkSeconds: 120, timeoutSeconds: 1200, share: 0.35 },
  { name: 'render', itemSeconds: 600, chunkSeconds: 1800, timeoutSeconds: 7200, share: 0.15 },
];

/** Of a day, in UTC. */
const WINDOW_OPENS_MS = 18 * HOUR_MS;
/** A machine takes chunk after chunk; so many of them are simulated as one event. */
const STRETCH_SECONDS = 1800;
const HALF_LIFE_HOURS = 24;

/** Chunks of one batch, one after the other on each core of a machine. */
export interface Stretch {
  readonly batch: Batch;
  readonly itemSeconds: number;
  readonly chunkSeconds: number;
  readonly seconds: number;
  readonly coreSeconds: number;
}

export interface Batch {
  readonly plan: BatchPlan;
  readonly durations: DurationSketch;
  usage: Usage;
  /** Not handed out. */
  waiting: number;
  /** Handed out. */
  inFlight: number;
  openedAtMs: number;
  /** Hours from a run's opening to its last commit. */
  readonly completionHours: number[];
  /** How many windows ended with work left. */
  carriedOver: number;
  isRunning: boolean;
}

/** The batches of all nights: hands out what fits, takes back what was evicted, and notes when a run is complete. */
export class NightBatches {
  readonly batches: readonly Batch[] = PLANS.map((plan) => ({
    plan,
    durations: emptySketch(),
    usage: { coreSeconds: 0, atMs: 0 },
    waiting: 0,
    inFlight: 0,
    openedAtMs: 0,
    completionHours: [],
    carriedOver: 0,
    isRunning: false,
  }));
  isOpen = false;
  /** Whether a machine has asked in vain: work that comes back should go to it. */
  ranDry = false;
  nextMs = WINDOW_OPENS_MS;
  private closesMs = 0;

  /** @param coreSecondsPerNight of all batches together */
  constructor(
    private readonly coreSecondsPerNight: number,
    private readonly windowHours: number,
    private readonly random: Random,
  ) {}

  /** Opens or closes the window, whichever is next. */
  turn(): void {
    const nowMs = this.nextMs;
    if (this.isOpen) {
      for (const batch of this.batches) if (batch.isRunning) batch.carriedOver += 1;
      this.nextMs = nowMs - this.windowHours * HOUR_MS + DAY_MS;
    } else {
      for (const batch of this.batches) this.open(batch, nowMs);
      this.closesMs = this.nextMs = nowMs + this.windowHours * HOUR_MS;
      this.ranDry = false;
    }
    this.isOpen = !this.isOpen;
  }

  /** What an idle machine is to do next; null where nothing fits, and `tooShort` where something waits that does not. */
  take(cores: number, left: Omit<TimeLeft, 'window'>, nowMs: number): Stretch | 'tooShort' | null {
    if (!this.isOpen) return null;
    const waiting = this.batches.filter((batch) => batch.waiting > 0);
    if (waiting.length === 0) {
      this.ranDry = true;
      return null;
    }
    const share = (batch: Batch): number =>
      usageAt(batch.usage, nowMs, HALF_LIFE_HOURS).coreSeconds / batch.plan.share;
    const time = { ...left, window: (this.closesMs - nowMs) / 1000 };
    const fitting = waiting.filter(
      ({ durations, plan }) => admit({ durations, timeoutSeconds: plan.timeoutSeconds }, time).admitted,
    );
    const [first, ...others] = fitting;
    if (!first) return 'tooShort';
    const next = others.reduce((least, batch) => (share(batch) < share(least) ? batch : least), first);
    return this.stretchOf(next, cores, Math.min(time.window, time.hours, time.idle), nowMs);
  }

  /** @param doneCoreSeconds of the stretch; the rest goes back to the head of its batch */
  giveBack(stretch: Stretch, doneCoreSeconds: number, nowMs: number): void {
    const { batch } = stretch;
    batch.inFlight -= stretch.coreSeconds;
    batch.waiting += Math.max(0, stretch.coreSeconds - doneCoreSeconds);
    batch.usage = usageWith(batch.usage, doneCoreSeconds, nowMs, HALF_LIFE_HOURS);
    // Sums of fractions come to nothing only nearly.
    if (batch.waiting > 1e-3 || batch.inFlight > 1e-3 || !batch.isRunning) return;
    batch.waiting = batch.inFlight = 0;
    batch.isRunning = false;
    batch.completionHours.push((nowMs - batch.openedAtMs) / HOUR_MS);
  }

  private open(batch: Batch, nowMs: number): void {
    batch.waiting += this.coreSecondsPerNight * batch.plan.share;
    // What was carried over is of an older run: a run's time counts from its own opening.
    if (!batch.isRunning) batch.openedAtMs = nowMs;
    batch.isRunning = true;
  }

  /** As many chunks as fit the time left, each begun only while it still fits. */
  private stretchOf(batch: Batch, cores: number, leftSeconds: number, nowMs: number): Stretch {
    const slowness = Math.exp(this.random.around(0, 0.2));
    const chunkSeconds = batch.plan.chunkSeconds * slowness;
    const most = Math.max(
      1,
      Math.floor(Math.min(STRETCH_SECONDS, leftSeconds - chunkSeconds) / chunkSeconds),
    );
    const needed = Math.max(1, Math.ceil(batch.waiting / cores / chunkSeconds));
    const coreSeconds = Math.min(Math.min(most, needed) * chunkSeconds * cores, batch.waiting);
    batch.waiting -= coreSeconds;
    batch.inFlight += coreSeconds;
    addDuration(batch.durations, chunkSeconds);
    batch.usage = usageAt(batch.usage, nowMs, HALF_LIFE_HOURS);
    return {
      batch,
      itemSeconds: batch.plan.itemSeconds * slowness,
      chunkSeconds,
      seconds: coreSeconds / cores,
      coreSeconds,
    };
  }
}
