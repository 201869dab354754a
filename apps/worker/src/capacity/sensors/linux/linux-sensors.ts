import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readDiskSpace } from '../disk-space.js';
import {
  MachineSensors,
  type CpuTimes,
  type MemoryUse,
  type PowerSource,
  type Presence,
  type RunningProcess,
} from '../machine-sensors.js';
import type { DiskReading } from '#shared/domain/capacity/readings.js';
import { runProgram, type RunProgram } from '../run-program.js';
import { readInputDevices } from './input-devices.js';
import { InputWatch } from './input-watch.js';
import { LINUX_PATHS, type LinuxPaths } from './linux-paths.js';
import { linuxPresence } from './linux-presence.js';
import { readProcesses } from './linux-processes.js';
import { readLogindSessions, type LogindSession } from './logind.js';
import { powerSourceOf, readPowerSupplies } from './power-supply.js';
import { parseBootTime, parseMeminfo, parseProcStat } from './proc-files.js';
import { readTerminals } from './terminals.js';
import { XIdle } from './x-idle.js';

/** The sensors of a Linux machine. They see most as root; what a lesser user can't see is unknown. */
export class LinuxSensors extends MachineSensors {
  readonly #inputWatch: InputWatch;
  readonly #xIdle: XIdle;

  constructor(
    private readonly dataFolder: string,
    private readonly paths: LinuxPaths = LINUX_PATHS,
    private readonly run: RunProgram = runProgram,
    private readonly wallMs: () => number = () => Date.now(),
  ) {
    super();
    this.#inputWatch = new InputWatch(paths.dev);
    this.#xIdle = new XIdle(paths.proc, paths.xIdleProgram, run);
  }

  async readPresence(): Promise<Presence> {
    const bootedAtMs = parseBootTime(await this.#procFile('stat'));
    const [logind, terminals, devices] = await Promise.all([
      readLogindSessions(this.paths.run, this.run),
      readTerminals(this.paths.dev, bootedAtMs),
      readInputDevices(this.paths.sys).then((names) => this.#inputWatch.look(names)),
    ]);
    const xAges = await this.#xAges(logind ?? []);
    return linuxPresence({ logind, terminals, devices, xAges, wallMs: this.wallMs() });
  }

  async readCpuTimes(): Promise<CpuTimes> {
    return parseProcStat(await this.#procFile('stat'));
  }

  async readMemory(): Promise<MemoryUse> {
    return parseMeminfo(await this.#procFile('meminfo'));
  }

  async readPower(): Promise<PowerSource> {
    return powerSourceOf(await readPowerSupplies(this.paths.sys));
  }

  async readProcesses(): Promise<readonly RunningProcess[]> {
    return readProcesses(this.paths.proc);
  }

  async readDisk(): Promise<DiskReading> {
    return readDiskSpace(this.dataFolder);
  }

  async close(): Promise<void> {
    await this.#inputWatch.close();
  }

  async #xAges(sessions: readonly LogindSession[]): Promise<ReadonlyMap<string, number>> {
    const displays = [...new Set(sessions.map(({ display }) => display).filter(Boolean))];
    const ages = await Promise.all(displays.map((display) => this.#xIdle.ageSeconds(display)));
    return new Map(
      displays.flatMap((display, index) => {
        const age = ages[index];
        return age == null ? [] : [[display, age] as const];
      }),
    );
  }

  #procFile(name: string): Promise<string> {
    return readFile(join(this.paths.proc, name), 'utf8');
  }
}
