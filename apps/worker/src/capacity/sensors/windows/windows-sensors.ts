import { freemem, totalmem } from 'node:os';
import { readDiskSpace } from '../disk-space.js';
import { youngest } from '../input-age.js';
import {
  MachineSensors,
  SensorBlindError,
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
    const ids = await this.#sessionIds();
    const asked = await Promise.all(ids.map((id) => this.#askSession(id)));
    await this.#refuseIfStillThere(ids.filter((_, index) => asked[index] === null));
    const sessions = asked.filter((session) => session !== null && session.user !== '') as OwnerSession[];
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

  async #sessionIds(): Promise<readonly number[]> {
    const { bytes, count } = await this.calls.enumerateSessions();
    return parseSessionEntries(bytes, count)
      .filter(({ mayHaveUser }) => mayHaveUser)
      .map(({ sessionId }) => sessionId);
  }

  /** A session that did not answer has ended, or this user may not ask it: then somebody may be in it. */
  async #refuseIfStillThere(silent: readonly number[]): Promise<void> {
    if (silent.length === 0) return;
    const present = await this.#sessionIds();
    const refused = silent.filter((id) => present.includes(id));
    if (refused.length > 0)
      throw new SensorBlindError(
        `session ${refused.join(', ')} can't be asked: run the worker as LocalSystem or an administrator`,
      );
  }

  /** Null when it does not answer. */
  async #askSession(sessionId: number): Promise<OwnerSession | null> {
    const [infoBytes, protocolBytes] = await Promise.all([
      this.calls.sessionInfo(sessionId),
      this.calls.clientProtocol(sessionId),
    ]);
    if (!infoBytes || !protocolBytes) return null;
    const { user, connected, locked, inputAgeSeconds } = parseSessionInfo(infoBytes);
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
