import { Injectable, Logger } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { NightjarError, UnavailableError } from '#shared/domain/errors.js';
import type { Failure } from '#shared/domain/invocation.js';
import { BatchStore } from '#shared/store/batch-store.js';
import { type ClaimedInput, InputStore } from '#shared/store/input-store.js';
import { WakeableLoop } from '../../dispatch/wakeable-loop.js';
import { InputMaker } from './input-maker.js';

/** Renewed three times within it. After it, another instance makes the input of one that died. */
const LEASE_SECONDS = 30;
/** One that waits for a slow query must not keep a small file. */
const MOST_AT_ONCE = 3;
/** A database that is away is asked again after each lease. */
const MOST_ATTEMPTS = 5;
const LOOK_EVERY_MS = 1000;
const REST_AFTER_ERROR_MS = 5000;

/**
 * Makes the inputs that runs wait for: `wanted` → `making` → `ready`, or the run fails and says why. All of it stands in SQL, so
 * that another instance takes over what this one leaves.
 */
@Injectable()
export class InputMaking implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(InputMaking.name);
  private readonly stopping = new AbortController();
  private readonly underWay = new Set<Promise<void>>();
  private readonly loop = new WakeableLoop(
    () => this.round(),
    (error) => this.failed(error),
  );
  private isFailing = false;

  constructor(
    private readonly inputs: InputStore,
    private readonly batches: BatchStore,
    private readonly maker: InputMaker,
  ) {}

  onApplicationBootstrap(): void {
    this.loop.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort(new Error('Management stops.'));
    await this.loop.stop();
    await Promise.all(this.underWay);
  }

  /** There is a new run: look at once. */
  wake(): void {
    this.loop.wake();
  }

  /** Makes one input that is wanted; false when there is none. */
  async makeOne(): Promise<boolean> {
    const claimed = await this.inputs.claim(LEASE_SECONDS);
    if (!claimed) return false;
    await this.make(claimed);
    return true;
  }

  private async round(): Promise<number> {
    while (!this.loop.isStopping && this.underWay.size < MOST_AT_ONCE) {
      const claimed = await this.inputs.claim(LEASE_SECONDS);
      if (!claimed) break;
      const making = this.make(claimed).finally(() => {
        this.underWay.delete(making);
        this.loop.wake();
      });
      this.underWay.add(making);
    }
    this.isFailing = false;
    return LOOK_EVERY_MS;
  }

  /** Never throws. */
  private async make(claimed: ClaimedInput): Promise<void> {
    const { run, attempt } = claimed;
    const lost = new AbortController();
    const signal = AbortSignal.any([lost.signal, this.stopping.signal]);
    let counter = { itemsTotal: 0 };
    const renewing = setInterval(
      () => {
        void this.renew(claimed, counter.itemsTotal, lost);
      },
      (LEASE_SECONDS * 1000) / 3,
    );
    try {
      if (attempt > MOST_ATTEMPTS) throw new GaveUpError();
      const input = run.settings?.input ?? { kind: 'none' as const };
      const watch = (one: { itemsTotal: number }): void => void (counter = one);
      const made = await this.maker.make(input, { run, signal, watch });
      if (await this.inputs.finish(claimed, made))
        this.logger.log({ runId: run.id, itemsTotal: made.itemsTotal }, "A run's input is made.");
    } catch (error) {
      if (!lost.signal.aborted) await this.end(claimed, error).catch((other: unknown) => this.failed(other));
    } finally {
      clearInterval(renewing);
    }
  }

  private async renew(claimed: ClaimedInput, items: number, lost: AbortController): Promise<void> {
    try {
      if (!(await this.inputs.renew(claimed, LEASE_SECONDS, items))) {
        lost.abort(new Error('The run has ended, or another instance makes its input.'));
      }
    } catch (error) {
      // The next one may succeed; if none does, the lease ends and somebody takes over.
      this.failed(error);
    }
  }

  /** What may work later is left to the next attempt; anything else ends the run. */
  private async end(claimed: ClaimedInput, error: unknown): Promise<void> {
    const { run, attempt } = claimed;
    if (this.stopping.signal.aborted) {
      await this.inputs.release(claimed);
      return;
    }
    const isForeseen = error instanceof NightjarError && !(error instanceof UnavailableError);
    if (!isForeseen && attempt < MOST_ATTEMPTS) {
      this.logger.warn(
        { err: error, runId: run.id, attempt },
        "A run's input could not be made; it is tried again.",
      );
      return;
    }
    // Only while it is still ours.
    if (!(await this.inputs.renew(claimed, LEASE_SECONDS, 0))) return;
    await this.batches.failRun(run.id, inputNotMade(error));
    this.logger.warn({ err: error, runId: run.id }, "A run failed: its input can't be made.");
  }

  /** Said once an outage of the database. */
  private failed(error: unknown): number {
    if (!this.isFailing) this.logger.warn({ err: error }, "Runs' inputs wait for SQL.");
    this.isFailing = true;
    return REST_AFTER_ERROR_MS;
  }
}

/** Thrown when all that began to make an input died with it. */
class GaveUpError extends NightjarError {
  readonly code = 'gave_up';

  constructor() {
    super(
      `It was begun ${MOST_ATTEMPTS} times and never came to its end: management was restarted each time, or died of it. ` +
        'Look at its log, then run again.',
    );
  }
}

function inputNotMade(error: unknown): Failure {
  const message = error instanceof Error ? error.message : String(error);
  const details = error instanceof NightjarError ? error.details : [];
  return {
    source: 'platform',
    type: 'InputNotMade',
    message: [`The run's input could not be made. ${message}`, ...details].join(' '),
  };
}
