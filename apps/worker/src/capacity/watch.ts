import { setTimeout as delay } from 'node:timers/promises';
import type { WorkReading } from '#shared/domain/capacity/readings.js';
import type { MachineReport } from '#shared/domain/machine.js';
import {
  judgeHealth,
  type CapacityOffer,
  type EngineProblem,
  type Health,
  type HealthReadings,
} from './health.js';
import { capacityOf } from './offer.js';
import type { Standing } from './standing.js';

export interface WatchSettings {
  readonly heartbeatSeconds: number;
  /** What does not change while the process lives. */
  readonly machine: Omit<
    MachineReport,
    'state' | 'reason' | 'slotsBusy' | 'busySeconds' | 'busyCores' | 'offeredCores' | 'capacity'
  >;
}

/** What the watch looks at and acts on. */
export interface Watched {
  /** Makes the engine ready the first time, later asks whether it is well. Null: it is. Never rejects. */
  checkEngine(): Promise<EngineProblem | null>;
  /** Runs the test function in a container of its own. Null: it did as it should. Never rejects. */
  runTestFunction(): Promise<string | null>;
  recorderStuckSeconds(): number;
  slotsBusy(): number;
  /** Why all work that was offered of late was refused here; null: it was not, or none was offered. */
  refused(): WorkReading['refused'];
  /** What the work under way has taken so far, all together. */
  busySeconds(): number;
  /** How many cores our containers have used since this was last asked; null: it is not known. Never rejects. */
  busyCores(): Promise<number | null>;
  /** How many cores work may have as long as the policy stays as it is; null: all of them. */
  offeredCores(): number | null;
  /** What the capacity policy lets it do; null: none acts here. */
  offer(): CapacityOffer | null;
  /** What the last heartbeat's answer lets it do. */
  standing(): Standing;
  /** Take no new work; take work (again). Both idempotent. */
  pauseIntake(): Promise<void>;
  resumeIntake(): Promise<void>;
}

/** Where heartbeats go. Throws while they can't be written. */
export interface HeartbeatSender {
  heartbeat(report: MachineReport): Promise<void>;
}

export interface WatchEvents {
  onHealthChanged(health: Health): void;
  onHeartbeatFailed(error: unknown): void;
}

/** An engine that comes back is noticed soon; that it is asked often while it is away costs nothing. */
const AWAY_LOOK_SECONDS = 2;

/** For a look that is under way when the worker stops. */
const LAST_LOOK_SECONDS = 5;

/**
 * Looks after the engine and the database, lets the worker take work only while all is well, and tells management.
 *
 * A worker begins `unhealthy`. It becomes `ready` when the engine answers and the test function has run; it is `unhealthy` again
 * as soon as the engine does not answer, answers too slowly, or fails to start a container (`doubt`), and then has to pass the
 * test function again. Heartbeats go on whatever a look is waiting for.
 */
export class Watch {
  readonly #readings: {
    -readonly [Key in Exclude<keyof HealthReadings, 'standing' | 'offer'>]: HealthReadings[Key];
  } = {
    engineProblem: null,
    testFunction: 'pending',
    recorderStuckSeconds: 0,
    stopping: false,
  };
  #health: Health | undefined;
  #isOpen = false;
  #timer: NodeJS.Timeout | undefined;
  #beats: Promise<void> = Promise.resolve();
  #looks: Promise<void> = Promise.resolve();
  #wakeUp = new AbortController();

  constructor(
    private readonly sender: HeartbeatSender,
    private readonly watched: Watched,
    private readonly events: WatchEvents,
    private readonly settings: WatchSettings,
  ) {}

  /** Resolves once management has been told of the machine; it takes work later, when it has shown that it can. */
  async open(): Promise<void> {
    this.#isOpen = true;
    await this.#act();
    this.#timer = setInterval(() => void this.#beat(), this.settings.heartbeatSeconds * 1000);
    this.#looks = this.#lookAgainAndAgain();
  }

  /** A container could not be started: the engine is not to be trusted before the test function has run again. */
  doubt(problem: EngineProblem): void {
    if (this.#readings.stopping || this.#readings.engineProblem !== null) return;
    this.#readings.engineProblem = problem;
    this.#readings.testFunction = 'pending';
    void this.#act();
    this.#wakeUp.abort();
  }

  /** Whether the engine answers and the test function has run. */
  get isEngineWell(): boolean {
    return this.#readings.engineProblem === null && this.#readings.testFunction === 'passed';
  }

  /** The capacity policy has decided something new: it is acted on and told at once. */
  offerChanged(): void {
    if (this.#isOpen) void this.#act().then(() => this.#beat());
  }

  /** Time went by unnoticed: what has come of it is looked at and told now. */
  lookNow(): void {
    if (!this.#isOpen || this.#readings.stopping) return;
    void this.#act().then(() => this.#beat());
    this.#wakeUp.abort();
  }

  /** Says that the machine drains, and looks no more. A look that waits for a hung engine is not waited for. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#readings.stopping = true;
    this.#wakeUp.abort();
    await this.#act();
    await Promise.race([this.#looks, delay(LAST_LOOK_SECONDS * 1000, undefined, { ref: false })]);
  }

  async #lookAgainAndAgain(): Promise<void> {
    while (!this.#readings.stopping) {
      this.#wakeUp = new AbortController();
      await this.#look();
      const seconds = this.#readings.engineProblem === null ? Infinity : AWAY_LOOK_SECONDS;
      const waitMs = Math.min(seconds, this.settings.heartbeatSeconds) * 1000;
      await delay(waitMs, undefined, { signal: this.#wakeUp.signal }).catch(() => undefined);
    }
  }

  async #look(): Promise<void> {
    const readings = this.#readings;
    readings.engineProblem = await this.watched.checkEngine();
    if (readings.engineProblem !== null) readings.testFunction = 'pending';
    readings.recorderStuckSeconds = this.watched.recorderStuckSeconds();
    await this.#act();
    if (readings.engineProblem !== null || readings.testFunction === 'passed' || readings.stopping) return;
    const problem = await this.watched.runTestFunction();
    // A doubt that came meanwhile is younger than the test.
    if (readings.engineProblem === null) readings.testFunction = problem === null ? 'passed' : { problem };
    await this.#act();
  }

  async #act(): Promise<void> {
    const health = this.#judge();
    const before = this.#health;
    this.#health = health;
    if (health.state !== before?.state) this.events.onHealthChanged(health);
    // Each time: the intake may have been paused meanwhile, by who keeps the lease.
    if (health.state === 'ready') await this.watched.resumeIntake();
    else await this.watched.pauseIntake();
    if (health.state !== before?.state || health.reason !== before.reason) await this.#beat();
  }

  #judge(): Health {
    return judgeHealth({
      ...this.#readings,
      standing: this.watched.standing(),
      offer: this.watched.offer(),
    });
  }

  /** One after the other: an older state must not be written over a newer one. */
  #beat(): Promise<void> {
    this.#beats = this.#beats.then(async () => {
      const { watched } = this;
      const busyCores = await watched.busyCores();
      const before = watched.standing().state;
      const busy = { slotsBusy: watched.slotsBusy(), busySeconds: watched.busySeconds() };
      const health = this.#health ?? this.#judge();
      const cores = { busyCores, offeredCores: watched.offeredCores() };
      const capacity = capacityOf(health, watched.offer(), busy.slotsBusy, watched.refused());
      await this.sender
        .heartbeat({ ...this.settings.machine, ...health, ...busy, ...cores, capacity })
        .catch((error: unknown) => this.events.onHeartbeatFailed(error));
      // What the answer changes is acted on and said at once, not with the next one.
      if (watched.standing().state !== before) void this.#act();
    });
    return this.#beats;
  }
}
