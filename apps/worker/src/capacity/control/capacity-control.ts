import type { CapacityPolicy } from '#shared/domain/capacity/capacity-policy.js';
import { isOffered, type CapacityState } from '#shared/domain/capacity/capacity-state.js';
import type { CapacityClock, OwnerOrder, Reading, Readings } from '#shared/domain/capacity/readings.js';
import type { CapacityOffer } from '../health.js';
import type { CapacityAction } from '../policy/actions.js';
import { decide } from '../policy/decide.js';
import { initialStatus, type CapacityStatus } from '../policy/status.js';
import { memoryAllowanceBytes, type View } from '../policy/view.js';
import type { CapacityBooks, CapacityEffects } from './controlled-work.js';
import type { MachineEye, SensedReadings } from './machine-eye.js';
import { isWithheld } from './owner-order.js';
import type { PolicyKeeper } from './policy-in-force.js';
import { ReleaseMeter, type Release } from './release-meter.js';

export interface ControlEvents {
  /** Each look, before anything is done; null: it rests, and nothing bounds the machine's time. */
  onLooked(view: View | null): void;
  onStateChanged(status: CapacityStatus): void;
  onReleased(release: Release): void;
  /** What was to be done to containers failed; the next look sees what came of it. */
  onTrouble(what: string, error: unknown): void;
}

/** Changes of the memory that is allowed which are smaller than this are not worth a look at the containers. */
const MEMORY_STEP_BYTES = 64 * 2 ** 20;

/** What is ended hands in by itself. Only where its containers do not go, the queue hears of it before they have gone. */
const GIVE_BACK_AFTER_MS = 5_000;

/** A machine that is nobody's but ours, as its sensors would show it: for policies that need none. */
const UNWATCHED: SensedReadings = {
  inputAgeSeconds: Infinity,
  rdpSessions: 0,
  foreignCpuPercent: 0,
  memory: { totalBytes: Number.MAX_SAFE_INTEGER, foreignBytes: 0, ownBytes: 0 },
  power: 'mains',
  exclusiveApp: null,
  disk: { totalBytes: Number.MAX_SAFE_INTEGER, freeBytes: Number.MAX_SAFE_INTEGER },
};

/**
 * Does what the capacity policy decides, look by look.
 *
 * It **rests** while the machine is dedicated and its owner has said nothing: then nothing is decided, and the worker's health alone
 * opens the intake. Else it **decides** at each look. Whether the intake is open it only says (`offer`); the watch, which knows
 * also of the engine and of the lease, opens and closes it.
 *
 * What must be true in a state is brought about at each look anew: work is paused in `claimed/suspended` and while what is paused
 * leaves; no call begins where nothing may run. What must be done once is done when the decision says so.
 */
export class CapacityControl {
  #status: CapacityStatus | null = null;
  #isResting = false;
  #hasEnoughMemory = true;
  #allowedBytes: number | null = null;
  #isHeld = false;
  readonly #meter = new ReleaseMeter();

  constructor(
    private readonly policies: Pick<PolicyKeeper, 'inForce'>,
    private readonly eye: Pick<MachineEye, 'readings' | 'open' | 'close'>,
    private readonly owner: { readonly latest: Reading<OwnerOrder> },
    private readonly books: CapacityBooks,
    private readonly effects: CapacityEffects,
    private readonly events: ControlEvents,
    private readonly nowMs: () => number = () => performance.now(),
  ) {}

  /** What the worker may do now; null: no policy acts. */
  get offer(): CapacityOffer | null {
    if (this.#isResting || !this.#status) return null;
    const { state, reason } = this.#status;
    if (isOffered(state) && !this.#hasEnoughMemory) return { state, reason: 'MEMORY_USAGE', isOpen: false };
    return { state, reason, isOpen: isOffered(state) };
  }

  /** Since when it is in its state, monotonic milliseconds; null while it rests. */
  get sinceMs(): number | null {
    return this.#isResting ? null : (this.#status?.sinceMs ?? null);
  }

  /** Looks once, decides and acts; what takes its time goes on afterwards. */
  look(): void {
    const { policy, acts } = this.policies.inForce(this.books.canPause);
    const nowMs = this.nowMs();
    if (acts) this.eye.open(policy);
    else void this.eye.close();
    if (!acts && !isWithheld(this.owner.latest, nowMs)) this.#rest();
    else this.#decide(policy, acts, { monotonicMs: nowMs, utcMs: this.books.utcMs });
  }

  #rest(): void {
    this.events.onLooked(null);
    if (this.#isResting) return;
    const hadStatus = this.#status !== null;
    this.#isResting = true;
    this.#status = null;
    this.effects.admit();
    this.effects.limitCpu({ capPercent: 100, isLow: false });
    this.#lift();
    if (this.#allowedBytes !== null) this.effects.allowMemory(this.books.memoryBytes);
    this.#allowedBytes = null;
    this.#hasEnoughMemory = true;
    if (hadStatus) this.effects.offerChanged();
  }

  #decide(policy: CapacityPolicy, acts: boolean, now: CapacityClock): void {
    const before = this.#status ?? this.#firstStatus(now);
    const offerBefore = this.offer;
    const hasRested = this.#isResting;
    this.#isResting = false;
    const readings = this.#readings(before.state, acts);
    // While it rested nothing was measured: what ran until now is what its owner waits for.
    if (hasRested) this.#measure(before, readings, now.monotonicMs);
    const { status, actions } = decide(before, readings, policy, now);
    this.#status = status;
    this.events.onLooked({ status, readings, policy, now });
    if (acts) this.#allow(memoryAllowanceBytes({ status, readings, policy, now }));
    this.effects.limitCpu({ capPercent: policy.cpuCapPercent, isLow: policy.cpuPriority === 'low' });
    this.#bringAbout(status.state);
    for (const action of actions) this.#act(action, now.monotonicMs - status.sinceMs);
    this.#measure(status, readings, now.monotonicMs);
    if (status.state !== before.state || status.reason !== before.reason) this.events.onStateChanged(status);
    if (JSON.stringify(this.offer) !== JSON.stringify(offerBefore)) this.effects.offerChanged();
  }

  /** A worker that has just started is `unhealthy`; one that took work until now, as if it had always been offered. */
  #firstStatus(now: CapacityClock): CapacityStatus {
    if (!this.#isResting) return initialStatus(now);
    const state = this.books.claimed > 0 ? 'claimed/busy' : 'unclaimed/idle';
    return { ...initialStatus(now), state, reason: null, startedAtMs: -Infinity, loadBusySinceMs: null };
  }

  #readings(state: CapacityState, acts: boolean): Readings {
    const { books } = this;
    return {
      ...(acts ? this.eye.readings : UNWATCHED),
      owner: this.owner.latest,
      drain: books.drain,
      engine: books.isEngineWell ? 'healthy' : 'down',
      contactLostSeconds: books.contactLostSeconds,
      work: { ...this.#work(state), refused: books.refused, contention: null },
    };
  }

  /** Once work is being killed, what counts is its containers: its end may still have to be written down somewhere. */
  #work(state: CapacityState): { readonly claimed: number; readonly running: number } {
    const { claimed, occupied, computing } = this.books;
    const hasWork =
      state.startsWith('claimed/') || state.startsWith('unclaimed/') || state === 'drained/retiring';
    const counted = hasWork || state === 'preempting/vacating' ? claimed : occupied;
    return { claimed: counted, running: Math.min(counted, computing) };
  }

  #bringAbout(state: CapacityState): void {
    const isLeaving = state.startsWith('preempting/');
    if (state !== 'claimed/suspended' && !isLeaving) this.#lift();
    const goesOn = isOffered(state) || state === 'claimed/retiring' || state === 'claimed/suspended';
    if (goesOn || state === 'drained/retiring') this.effects.admit();
    else this.effects.refuse();
  }

  /** @param forMs how long it has been in its state */
  #act(action: CapacityAction, forMs: number): void {
    switch (action.kind) {
      case 'suspend':
        return this.#hold();
      case 'vacate':
        // Calls under way end by themselves until the policy says kill; those that are paused could not.
        if (action.graceSeconds <= 0) void this.#evict();
        return;
      case 'kill':
        void this.#evict();
        if (forMs >= GIVE_BACK_AFTER_MS) void this.effects.giveBack();
        return;
      case 'quarantine':
        return this.effects.quarantine();
      default:
        // The intake follows the offer, `continue` the state; and nothing contends, as long as no reading says so.
        return;
    }
  }

  #hold(): void {
    this.#isHeld = true;
    void this.effects
      .hold()
      .catch((error: unknown) => this.events.onTrouble('Work could not be paused.', error))
      .then(() => this.#measureNow());
  }

  #lift(): void {
    if (!this.#isHeld) return;
    this.#isHeld = false;
    void this.effects.lift().catch((error: unknown) => {
      this.events.onTrouble('Work that was paused could not go on; it is sent back.', error);
      return this.#evict();
    });
  }

  async #evict(): Promise<void> {
    await this.effects.evict();
    this.#measureNow();
  }

  #allow(bytes: number): void {
    if (!this.books.isEngineWell) return;
    const allowed = Math.floor(Math.min(bytes, this.books.memoryBytes));
    this.#hasEnoughMemory = allowed >= this.books.usualContainerBytes;
    if (this.#allowedBytes !== null && Math.abs(allowed - this.#allowedBytes) < MEMORY_STEP_BYTES) return;
    this.#allowedBytes = allowed;
    this.effects.allowMemory(allowed);
  }

  #measure({ state, reason }: CapacityStatus, { inputAgeSeconds }: Readings, nowMs: number): void {
    const { computing } = this.books;
    this.#tell(this.#meter.look({ nowMs, state, reason, inputAgeSeconds, computing }));
  }

  #measureNow(): void {
    this.#tell(this.#meter.moment(this.nowMs(), this.books.computing));
  }

  #tell(release: Release | undefined): void {
    if (release) this.events.onReleased(release);
  }
}
