import type { CpuSample } from './foreign-use.js';
import { exclusiveAppAmong, foreignCpuPercent, memoryReading } from './foreign-use.js';
import { GuardedSensor, type SensorEvents } from './guarded-sensor.js';
import { believableAge, type AgeAt } from './input-age.js';
import type { CpuTimes, MachineSensors, Presence } from './machine-sensors.js';
import * as nonsense from './nonsense.js';
import type { OwnUsePart, ReadOwnUse } from './own-use.js';
import type { MachineReadings } from './readings.js';
import { Repeating } from './repeating.js';
import { known, mapSensed, unknown, type Sensed } from './sensed.js';

export interface SamplerSettings {
  /** Names as `appName` gives them. */
  readonly exclusiveApps: readonly string[];
  /** Between readings of what is cheap and urgent: who is there. */
  readonly presenceEverySeconds: number;
  /** Between readings of the rest. Load is measured over this time. */
  readonly restEverySeconds: number;
  /** After which a sensor that does not answer is blind. */
  readonly limitSeconds: number;
}

export const DEFAULT_SAMPLER_SETTINGS: SamplerSettings = {
  exclusiveApps: [],
  presenceEverySeconds: 1,
  restEverySeconds: 10,
  // Well over what a busy machine needs to start a program, well under the time in which an owner must be noticed.
  limitSeconds: 3,
};

/** Nothing was read yet: all is unknown, which counts as busy. */
const UNREAD = unknown('it was not read yet');

/**
 * Keeps the newest readings of a machine. Who is there is read each second, the rest each ten, in two loops that do not wait
 * for each other; in each the next reading begins a pause after the last one ended, so that readings never overlap and a slow
 * machine is asked less often.
 */
export class Sampler {
  readonly #guards: ReturnType<typeof guards>;
  readonly #loops: readonly Repeating[];
  #lastInput: AgeAt | null = null;
  #lastCpu: CpuSample | null = null;
  #latest: MachineReadings = {
    sessions: UNREAD,
    inputAgeSeconds: UNREAD,
    rdpSessions: UNREAD,
    foreignCpuPercent: UNREAD,
    memory: UNREAD,
    power: UNREAD,
    exclusiveApp: UNREAD,
    disk: UNREAD,
  };

  /** @param nowMs a clock that never jumps, milliseconds */
  constructor(
    private readonly sensors: MachineSensors,
    readOwnUse: ReadOwnUse,
    events: SensorEvents,
    private readonly settings: SamplerSettings = DEFAULT_SAMPLER_SETTINGS,
    private readonly nowMs: () => number = () => performance.now(),
  ) {
    this.#guards = guards(sensors, readOwnUse, events, settings.limitSeconds * 1000);
    this.#loops = [
      new Repeating(() => this.#samplePresence(), settings.presenceEverySeconds * 1000),
      new Repeating(() => this.#sampleRest(), settings.restEverySeconds * 1000),
    ];
  }

  get latest(): MachineReadings {
    return this.#latest;
  }

  /** Reads everything once. Not to be used between `start` and `stop`, which do it by themselves. */
  async sample(): Promise<MachineReadings> {
    await Promise.all([this.#samplePresence(), this.#sampleRest()]);
    return this.#latest;
  }

  /** Resolves when everything was read once. The load is known only after the second reading. */
  async start(): Promise<void> {
    await Promise.all(this.#loops.map((loop) => loop.start()));
  }

  /** Resolves when no reading is under way any more, but for one that hangs. */
  async stop(): Promise<void> {
    await Promise.all(this.#loops.map((loop) => loop.stop()));
    await this.sensors.close();
  }

  async #samplePresence(): Promise<void> {
    const presence = await this.#guards.presence.sense();
    this.#latest = {
      ...this.#latest,
      sessions: mapSensed(presence, ({ sessions }) => sessions),
      rdpSessions: mapSensed(presence, countRemoteDesktops),
      inputAgeSeconds: this.#inputAge(presence),
    };
  }

  #inputAge(presence: Sensed<Presence>): Sensed<number> {
    const seen = presence.known ? presence.value.inputAgeSeconds : presence;
    if (!seen.known) return seen;
    const atMs = this.nowMs();
    const ageSeconds = believableAge(seen.value, this.#lastInput, atMs);
    this.#lastInput = { ageSeconds, atMs };
    return known(ageSeconds);
  }

  async #sampleRest(): Promise<void> {
    const [ownUse, cpu, memory, power, processes, disk] = await Promise.all([
      this.#guards.ownUse.sense(),
      this.#guards.cpu.sense(),
      this.#guards.memory.sense(),
      this.#guards.power.sense(),
      this.#guards.processes.sense(),
      this.#guards.disk.sense(),
    ]);
    // Memory and processes of ours that can't be seen count as the owner's.
    const own = ownUse.known ? ownUse.value : [];
    this.#latest = {
      ...this.#latest,
      foreignCpuPercent: this.#load(cpu, ownUse),
      memory: mapSensed(memory, (use) => memoryReading(use, own)),
      power,
      exclusiveApp: mapSensed(processes, (seen) => exclusiveAppAmong(seen, this.settings.exclusiveApps, own)),
      disk,
    };
  }

  /** A difference needs two whole samples: after one that is missing, all begins anew. */
  #load(cpu: Sensed<CpuTimes>, ownUse: Sensed<readonly OwnUsePart[]>): Sensed<number> {
    const before = this.#lastCpu;
    this.#lastCpu = null;
    if (!cpu.known) return cpu;
    if (!ownUse.known) return ownUse;
    this.#lastCpu = { machine: cpu.value, own: ownUse.value };
    return foreignCpuPercent(before, this.#lastCpu);
  }
}

function countRemoteDesktops({ sessions }: Presence): number {
  return sessions.filter(({ kind, connected }) => kind === 'remote-desktop' && connected).length;
}

function guards(sensors: MachineSensors, readOwnUse: ReadOwnUse, events: SensorEvents, limitMs: number) {
  const guard = <T>(name: string, read: () => Promise<T>, check: (value: T) => string | null) =>
    new GuardedSensor(name, read, check, events, limitMs);
  return {
    presence: guard('presence', () => sensors.readPresence(), nonsense.presenceNonsense),
    cpu: guard('processor', () => sensors.readCpuTimes(), nonsense.cpuNonsense),
    memory: guard('memory', () => sensors.readMemory(), nonsense.memoryNonsense),
    power: guard(
      'power',
      () => sensors.readPower(),
      () => null,
    ),
    processes: guard('processes', () => sensors.readProcesses(), nonsense.processesNonsense),
    disk: guard('disk', () => sensors.readDisk(), nonsense.diskNonsense),
    ownUse: guard('own use', readOwnUse, (_: readonly OwnUsePart[]) => null),
  };
}
