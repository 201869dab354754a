import type { MachineOrders } from '#shared/domain/fleet.js';
import type { MachineReport } from '#shared/domain/machine.js';
import type { MachineStore } from '#shared/store/machine-store.js';
import type { Lease } from './lease/lease.js';
import { judgeStanding, type Standing } from './standing.js';
import type { TrustedClock } from './trusted-clock.js';

/** What the keeper acts on. Nothing of it rejects. */
export interface StandingActions {
  /** Takes nothing new. Idempotent. */
  pauseIntake(): Promise<void>;
  /** Stops what runs and hands it back; resolves soon, whatever hangs. */
  giveBack(): Promise<void>;
  /** Pieces of work under way. */
  slotsBusy(): number;
  onGivingBack(standing: Standing): void;
  /** Management has answered a heartbeat. */
  onOrders(orders: MachineOrders): void;
}

export interface StandingSettings {
  /** For so long after a heartbeat management leaves this machine its work. */
  readonly leaseSeconds: number;
}

/** The worker's own lease ends by this share earlier, so that it has stopped before management's ends and others take over. */
const RESERVE = 1 / 6;

/**
 * Sends the heartbeats of the watch, and does at once what their answers and the passing of time demand: it pauses the intake
 * and gives back what runs, once each time that it must. To take work again is the watch's business.
 *
 * The lease is measured from before the heartbeat was sent, on a clock that nobody can set and that goes on while the machine
 * sleeps: management's, which counts from when the database has written it, ends later whatever the two machines' clocks say. A
 * virtual machine that was stopped from outside has no such clock; there the database's, in the next answer, says how long it was.
 */
export class StandingKeeper {
  #orders: MachineOrders | null = null;
  #heardAtMs: number | null = null;
  #drainEndsMs: number | null = null;
  #hasGivenBack = false;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(
    private readonly machines: Pick<MachineStore, 'heartbeat'>,
    private readonly actions: StandingActions,
    private readonly clock: TrustedClock,
    private readonly settings: StandingSettings,
    private readonly lease: Lease,
    /** The clock that the lease is measured on. */
    private readonly nowMs: () => number,
  ) {}

  /** Throws what the store throws: then the lease goes on running out. */
  async heartbeat(report: MachineReport): Promise<void> {
    const sentAtMs = this.nowMs();
    const orders = await this.machines.heartbeat(report, this.settings.leaseSeconds);
    await this.#endLeaseBefore(orders);
    this.clock.heard(orders.now, sentAtMs);
    this.#orders = orders;
    this.#heardAtMs = sentAtMs;
    this.actions.onOrders(orders);
    this.lease.renewUntil(sentAtMs + this.settings.leaseSeconds * 1000 * (1 - RESERVE));
    this.#drainEndsMs = this.#drainEndOf(orders);
    await this.look();
  }

  get standing(): Standing {
    const standing = judgeStanding(
      {
        orders: this.#orders,
        drainEndsMs: this.#drainEndsMs,
        leaseEndsMs: this.lease.endsMs,
        hasGivenBack: this.#hasGivenBack,
        busy: this.actions.slotsBusy(),
      },
      this.nowMs(),
    );
    if (standing.state === 'free') this.#hasGivenBack = false;
    return standing;
  }

  /** Seconds since the last heartbeat that was answered; Infinity before the first. */
  get contactLostSeconds(): number {
    return this.#heardAtMs === null ? Infinity : (this.nowMs() - this.#heardAtMs) / 1000;
  }

  /** An administrator's order to take nothing new, on the monotonic clock. */
  get drain(): { readonly deadlineMs: number | null } | null {
    if (!this.#orders?.drain) return null;
    const endsMs = this.#drainEndsMs;
    return { deadlineMs: endsMs === null ? null : performance.now() + endsMs - this.nowMs() };
  }

  /** Acts no more; a stop hands back what runs in its own way. */
  close(): void {
    this.#isClosed = true;
    this.lease.waive();
    clearTimeout(this.#timer);
  }

  /** Acts on what time has changed: by itself when its timer says so, and when somebody knows better than that. */
  async look(): Promise<void> {
    clearTimeout(this.#timer);
    if (this.#isClosed) return;
    const { standing } = this;
    if (standing.untilMs !== null) {
      const waitMs = Math.max(0, standing.untilMs - this.nowMs());
      this.#timer = setTimeout(() => void this.look(), waitMs);
    }
    if (standing.state !== 'free') await this.actions.pauseIntake();
    if (standing.mustGiveBack) await this.#giveBack(standing);
  }

  /** What was taken under a lease that has ended is not carried over into the next one: others have been given it. */
  async #endLeaseBefore(answer: MachineOrders): Promise<void> {
    const { endsMs } = this.lease;
    if (this.#isClosed || this.#orders === null || endsMs === null) return;
    const silentSeconds = (answer.now.getTime() - this.#orders.now.getTime()) / 1000;
    if (this.nowMs() < endsMs && silentSeconds < this.settings.leaseSeconds) return;
    this.lease.renewUntil(-Infinity);
    await this.look();
  }

  #drainEndOf({ drain, now }: MachineOrders): number | null {
    if (!drain?.deadlineAt) return null;
    return this.nowMs() + (drain.deadlineAt.getTime() - now.getTime());
  }

  /** Once; but again when work was found under way after all. */
  async #giveBack(standing: Standing): Promise<void> {
    if (this.#hasGivenBack && this.actions.slotsBusy() === 0) return;
    if (!this.#hasGivenBack) this.actions.onGivingBack(standing);
    this.#hasGivenBack = true;
    await this.actions.giveBack();
  }
}
