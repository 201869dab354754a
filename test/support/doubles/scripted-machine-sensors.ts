import type { DiskReading } from '#shared/domain/capacity/readings.js';
import {
  MachineSensors,
  SensorBlindError,
  type CpuTimes,
  type MemoryUse,
  type PowerSource,
  type Presence,
  type RunningProcess,
} from '../../../apps/worker/src/capacity/sensors/machine-sensors.js';
import { known } from '../../../apps/worker/src/capacity/sensors/sensed.js';

/** What a scripted machine shows. A test changes it at will. */
export interface ScriptedMachine {
  presence: Presence;
  cpu: CpuTimes;
  memory: MemoryUse;
  power: PowerSource;
  processes: readonly RunningProcess[];
  disk: DiskReading;
}

type Sensor = keyof ScriptedMachine;

/** Sensors of a machine that does what a test says: nobody there and little to do, until it is told otherwise. */
export class ScriptedMachineSensors extends MachineSensors {
  readonly state: ScriptedMachine = {
    presence: { sessions: [], inputAgeSeconds: known(Infinity) },
    cpu: { busySeconds: 100, totalSeconds: 1000 },
    memory: { usedBytes: 2 ** 30, totalBytes: 2 ** 33 },
    power: 'mains',
    processes: [{ pid: process.pid, names: ['test'] }],
    disk: { freeBytes: 2 ** 36, totalBytes: 2 ** 38 },
  };
  /** These throw. */
  readonly failing = new Set<Sensor>();
  readonly reads: Record<Sensor, number> = {
    presence: 0,
    cpu: 0,
    memory: 0,
    power: 0,
    processes: 0,
    disk: 0,
  };
  /** The most readings of one sensor that were ever under way together. */
  mostAtOnce = 0;
  closed = false;
  readonly #underWay = new Map<Sensor, number>();
  readonly #hanging = new Map<Sensor, Promise<void>>();

  /** Holds the next reading of a sensor, and all later ones, until the returned function is called. */
  hang(sensor: Sensor): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#hanging.set(sensor, promise);
    return () => {
      this.#hanging.delete(sensor);
      resolve();
    };
  }

  readPresence(): Promise<Presence> {
    return this.#read('presence');
  }

  readCpuTimes(): Promise<CpuTimes> {
    return this.#read('cpu');
  }

  readMemory(): Promise<MemoryUse> {
    return this.#read('memory');
  }

  readPower(): Promise<PowerSource> {
    return this.#read('power');
  }

  readProcesses(): Promise<readonly RunningProcess[]> {
    return this.#read('processes');
  }

  readDisk(): Promise<DiskReading> {
    return this.#read('disk');
  }

  async close(): Promise<void> {
    this.closed = true;
  }

  async #read<S extends Sensor>(sensor: S): Promise<ScriptedMachine[S]> {
    this.reads[sensor] += 1;
    const underWay = (this.#underWay.get(sensor) ?? 0) + 1;
    this.#underWay.set(sensor, underWay);
    this.mostAtOnce = Math.max(this.mostAtOnce, underWay);
    try {
      await (this.#hanging.get(sensor) ?? new Promise((resolve) => setImmediate(resolve)));
      if (this.failing.has(sensor)) throw new SensorBlindError(`The ${sensor} sensor fails, as scripted.`);
      return this.state[sensor];
    } finally {
      this.#underWay.set(sensor, underWay - 1);
    }
  }
}
