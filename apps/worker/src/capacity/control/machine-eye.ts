import type { CapacityPolicy } from '#shared/domain/capacity/capacity-policy.js';
import { policyReadings } from '../sensors/readings.js';
import type { Sampler } from '../sensors/sampler.js';

/** What sensors see, as the policy takes it. */
export type SensedReadings = ReturnType<typeof policyReadings>;

/** Makes a sampler for these exclusive applications, looked for so often; nothing of it is started. Throws where there are no sensors. */
export type MakeSampler = (
  exclusiveApps: readonly string[],
  restEverySeconds: number,
) => Promise<Pick<Sampler, 'latest' | 'start' | 'stop'>>;

const BLIND: SensedReadings = {
  inputAgeSeconds: 'unknown',
  rdpSessions: 'unknown',
  foreignCpuPercent: 'unknown',
  memory: 'unknown',
  power: 'unknown',
  exclusiveApp: 'unknown',
  disk: 'unknown',
};

/** Load is measured over this time, and applications are looked for as often. */
const REST_SECONDS = 10;

/**
 * The sensors, started when a policy needs them and stopped when none does. Until they have seen something, all is unknown, which
 * counts as busy.
 */
export class MachineEye {
  #sampler: Promise<Pick<Sampler, 'latest' | 'start' | 'stop'> | undefined> | undefined;
  #running: Pick<Sampler, 'latest' | 'stop'> | undefined;
  #key: string | undefined;
  /** Counts the samplers: one that comes late must not take the place of the one that was wanted after it. */
  #turn = 0;

  constructor(
    private readonly make: MakeSampler,
    private readonly onBlind: (error: unknown) => void,
  ) {}

  get readings(): SensedReadings {
    return this.#running ? policyReadings(this.#running.latest) : BLIND;
  }

  /** Looks as a policy wants it. Idempotent. */
  open({ exclusiveApps, exclusiveAppCheckSeconds }: CapacityPolicy): void {
    const seconds =
      exclusiveApps.length > 0 ? Math.min(REST_SECONDS, exclusiveAppCheckSeconds) : REST_SECONDS;
    const key = JSON.stringify([exclusiveApps, seconds]);
    if (key === this.#key) return;
    void this.close();
    this.#key = key;
    this.#sampler = this.#start(this.#turn, exclusiveApps, seconds);
  }

  /** Resolves when no sensor is read any more. Idempotent. */
  async close(): Promise<void> {
    const sampler = this.#sampler;
    this.#sampler = undefined;
    this.#running = undefined;
    this.#key = undefined;
    this.#turn += 1;
    await (await sampler)?.stop();
  }

  async #start(
    turn: number,
    exclusiveApps: readonly string[],
    seconds: number,
  ): Promise<Pick<Sampler, 'latest' | 'start' | 'stop'> | undefined> {
    try {
      const sampler = await this.make(exclusiveApps, seconds);
      if (this.#turn === turn) this.#running = sampler;
      void sampler.start();
      return sampler;
    } catch (error) {
      this.onBlind(error);
      return undefined;
    }
  }
}
