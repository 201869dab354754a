import { freemem, totalmem } from 'node:os';
import { readDiskSpace } from '../disk-space.js';
import { youngest } from '../input-age.js';
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
import { parseTasklist } from './tasklist.js';
import type { WindowsCalls } from './windows-calls.js';
import {
  parseIsRemote,
  parsePowerStatus,
  parseSessionEntries,
  parseSessionInfo,
} from './windows-structures.js';

/**
 * The sensors of a Windows machine. A service has a session of its own and sees no input by itself: each session is asked for
 * its last one.
 */
export class WindowsSensors extends MachineSensors {
  constructor(
    private readonly calls: WindowsCalls,
    private readonly dataFolder: string,
    private readonly run: RunProgram = runProgram,
  ) {
    super();
  }

  async readPresence(): Promise<Presence> {
    const { bytes, count } = await this.calls.enumerateSessions();
    const entries = parseSessionEntries(bytes, count).filter(({ mayHaveUser }) => mayHaveUser);
    const asked = await Promise.all(entries.map(({ sessionId }) => this.#askSession(sessionId)));
    const sessions = asked.filter((session) => session !== null);
    return { sessions, inputAgeSeconds: youngest(sessions.map(({ inputAgeSeconds }) => inputAgeSeconds)) };
  }

  async readCpuTimes(): Promise<CpuTimes> {
    return nodeCpuTimes();
  }

  /** What Windows calls available counts as free, caches that it would give up included. */
  async readMemory(): Promise<MemoryUse> {
    return { totalBytes: totalmem(), usedBytes: totalmem() - freemem() };
  }

  async readPower(): Promise<PowerSource> {
    return parsePowerStatus(await this.calls.powerStatus());
  }

  async readProcesses(): Promise<readonly RunningProcess[]> {
    return parseTasklist(await this.run('tasklist', ['/fo', 'csv', '/nh']));
  }

  async readDisk(): Promise<DiskReading> {
    return readDiskSpace(this.dataFolder);
  }

  async close(): Promise<void> {
    // Nothing is kept open between readings.
  }

  /** Null for the session of services, which nobody is logged in to, and for one that has ended. */
  async #askSession(sessionId: number): Promise<OwnerSession | null> {
    const [infoBytes, protocolBytes] = await Promise.all([
      this.calls.sessionInfo(sessionId),
      this.calls.clientProtocol(sessionId),
    ]);
    if (!infoBytes || !protocolBytes) return null;
    const { user, connected, locked, inputAgeSeconds } = parseSessionInfo(infoBytes);
    if (user === '') return null;
    return {
      id: String(sessionId),
      user,
      kind: parseIsRemote(protocolBytes) ? 'remote-desktop' : 'console',
      connected,
      locked: locked === null ? unknown('Windows does not say whether it is locked') : known(locked),
      inputAgeSeconds:
        inputAgeSeconds === null
          ? unknown(`Windows gives no time of the last input in session ${sessionId}`)
          : known(inputAgeSeconds),
    };
  }
}
