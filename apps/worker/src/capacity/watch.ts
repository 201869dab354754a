import type { MachineReport } from '#shared/domain/machine.js';
import type { MachineStore } from '#shared/store/machine-store.js';
import { judgeHealth, type Health } from './health.js';

export interface WatchSettings {
  readonly heartbeatSeconds: number;
  /** What does not change while the process lives. */
  readonly machine: Omit<MachineReport, 'state' | 'reason' | 'slotsBusy'>;
}

/** What the watch looks at and acts on. */
export interface Watched {
  /** Throws when the engine does not answer. */
  checkEngine(): Promise<void>;
  recorderStuckSeconds(): number;
  slotsBusy(): number;
  /** Take no new work; take work again. Both idempotent. */
  pauseIntake(): Promise<void>;
  resumeIntake(): void;
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
    private readonly machines: MachineStore,
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

  async #look(): Promise<void> {
    const engineProblem = this.#stopping ? null : await this.watched.checkEngine().then(() => null, describe);
    const recorderStuckSeconds = this.watched.recorderStuckSeconds();
    await this.#act(judgeHealth({ engineProblem, recorderStuckSeconds, stopping: this.#stopping }));
  }

  async #act(health: Health): Promise<void> {
    if (health.state !== this.#health?.state) {
      this.events.onHealthChanged(health);
      if (health.state === 'ready') this.watched.resumeIntake();
      else await this.watched.pauseIntake();
    }
    this.#health = health;
    const beat = { ...this.settings.machine, ...health, slotsBusy: this.watched.slotsBusy() };
    await this.machines.heartbeat(beat).catch((error: unknown) => this.events.onHeartbeatFailed(error));
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
