import { stat } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { readDiskSpace } from '../disk-space.js';
import {
  MachineSensors,
  type CpuTimes,
  type MemoryUse,
  type OwnerSession,
  type PowerSource,
  type Presence,
  type RunningProcess,
} from '../machine-sensors.js';
import { runProgram, type RunProgram } from '../run-program.js';
import { known, unknown } from '../sensed.js';
import { nodeCpuTimes } from '../system-use.js';
import type { DiskReading } from '#shared/domain/capacity/readings.js';
import { parseAvailableMemory, parseIdleTime, parsePowerSource, parseProcesses } from './mac-output.js';

const SUPERUSER = 0;

/** The sensors of a Mac: what its own programs print. Input is known for the machine as a whole, not by session. */
export class MacSensors extends MachineSensors {
  constructor(
    private readonly dataFolder: string,
    private readonly run: RunProgram = runProgram,
    private readonly console = '/dev/console',
  ) {
    super();
  }

  async readPresence(): Promise<Presence> {
    const inputAgeSeconds = known(
      parseIdleTime(await this.run('/usr/sbin/ioreg', ['-c', 'IOHIDSystem', '-d', '4'])),
    );
    // The console belongs to who is logged in at it, and to the superuser while nobody is.
    const { uid } = await stat(this.console);
    const session: OwnerSession = {
      id: 'console',
      user: `uid ${uid}`,
      kind: 'console',
      connected: true,
      locked: unknown('macOS tells it only to programs of the session itself'),
      inputAgeSeconds,
    };
    return { sessions: uid === SUPERUSER ? [] : [session], inputAgeSeconds };
  }

  async readCpuTimes(): Promise<CpuTimes> {
    return nodeCpuTimes();
  }

  async readMemory(): Promise<MemoryUse> {
    const available = parseAvailableMemory(await this.run('/usr/bin/vm_stat', []));
    return { totalBytes: totalmem(), usedBytes: Math.max(0, totalmem() - available) };
  }

  async readPower(): Promise<PowerSource> {
    return parsePowerSource(await this.run('/usr/bin/pmset', ['-g', 'batt']));
  }

  async readProcesses(): Promise<readonly RunningProcess[]> {
    return parseProcesses(await this.run('/bin/ps', ['-axo', 'pid=,comm=']));
  }

  async readDisk(): Promise<DiskReading> {
    return readDiskSpace(this.dataFolder);
  }

  async close(): Promise<void> {
    // Nothing is kept open between readings.
  }
}
