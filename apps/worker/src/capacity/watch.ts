import type { MachineReport } from '#shared/domain/machine.js';
import { judgeHealth, type Health } from './health.js';
import type { Standing } from './standing.js';

export interface WatchSettings {
  readonly heartbeatSeconds: number;
  /** What does not change while the process lives. */
  readonly machine: Omit<MachineReport, 'state' | 'reason' | 'slotsBusy' | 'busySeconds'>;
}

/** What the watch looks at and acts on. */
export interface Watched {
  /** Throws when the engine does not answer. */
  checkEngine(): Promise<void>;
  recorderStuckSeconds(): number;
  slotsBusy(): number;
  /** What the work under way has taken so far, all together. */
  busySeconds(): number;
  /** What the last heartbeat's answer lets it do. */
  standing(): Standing;
  /** Take no new work; take work again. Both idempotent. */
  pauseIntake(): Promise<void>;
  resumeIntake(): void;
}

/** Where heartbeats go. Throws while they can't be written. */
export interface HeartbeatSender {
  heartbeat(report: MachineReport): Promise<void>;
}

export interface WatchEvents {
  onHealthChanged(health: Health): void;
  onHeartbeatFailed(error: unknown): void;
}

/** Looks after the engine and the database at each heartbeat, closes the intake while one is away, and tells management. */
export class Watch {
  #timer: NodeJS.Timeout | undefined;
  #beat: Promise<void> = Promise.resolve();
  #stopping = false;
  #health: Health | undefined;

  constructor(
    private readonly sender: HeartbeatSender,
    private readonly watched: Watched,
    private readonly events: WatchEvents,
    private readonly settings: WatchSettings,
  ) {}

  async open(): Promise<void> {
    this.#beat = this.#look();
    await this.#beat;
    this.#timer = setInterval(() => {
      this.#beat = this.#beat.then(() => this.#look());
    }, this.settings.heartbeatSeconds * 1000);
  }

  /** Says that the machine drains, and looks no more. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#beat;
    this.#stopping = true;
    await this.#look();
  }

  /** What the answer to the heartbeat changes is acted on and said at once, not with the next one. */
  async #look(): Promise<void> {
    const before = this.watched.standing().state;
    await this.#lookOnce();
    if (this.watched.standing().state !== before) await this.#lookOnce();
  }

  async #lookOnce(): Promise<void> {
    const engineProblem = this.#stopping ? null : await this.watched.checkEngine().then(() => null, describe);
    const recorderStuckSeconds = this.watched.recorderStuckSeconds();
    const standing = this.watched.standing();
    await this.#act(judgeHealth({ engineProblem, recorderStuckSeconds, standing, stopping: this.#stopping }));
  }

  async #act(health: Health): Promise<void> {
    if (health.state !== this.#health?.state) this.events.onHealthChanged(health);
    // Each time: the intake may have been paused meanwhile, by who keeps the lease.
    if (health.state === 'ready') this.watched.resumeIntake();
    else await this.watched.pauseIntake();
    this.#health = health;
    const busy = { slotsBusy: this.watched.slotsBusy(), busySeconds: this.watched.busySeconds() };
    await this.sender
      .heartbeat({ ...this.settings.machine, ...health, ...busy })
      .catch((error: unknown) => this.events.onHeartbeatFailed(error));
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
