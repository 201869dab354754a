import { describe, expect, it } from '@jest/globals';
import {
  fileTime,
  powerStatusBytes,
  sessionEntriesBytes,
  sessionInfoBytes,
} from '../../../../../../test/support/windows-structures.js';
import { known } from '../sensed.js';
import { parseTasklist } from './tasklist.js';
import type { WindowsCalls } from './windows-calls.js';
import { WindowsSensors } from './windows-sensors.js';

const NOW = fileTime('2026-11-29T17:00:00Z');
const ago = (seconds: number): bigint => NOW - BigInt(seconds) * 10_000_000n;
const noPrograms = (): Promise<string> => Promise.reject(new Error('no programs here'));

interface Session {
  readonly id: number;
  readonly user: string;
  readonly state?: number;
  readonly flags?: number;
  readonly protocol?: number;
  readonly inputAt?: bigint;
  readonly disconnectedAt?: bigint;
}

/**
 * Windows with the given sessions, beside the one of services and the listener.
 * @param ending these end once they have been listed
 * @param refusing these are there and may not be asked
 */
function windowsWith(
  sessions: readonly Session[],
  { ending = [], refusing = [] }: { ending?: readonly number[]; refusing?: readonly number[] } = {},
): WindowsCalls {
  let all: readonly Session[] = [
    { id: 0, user: '', state: 4 },
    ...sessions,
    { id: 65536, user: '', state: 6 },
  ];
  const find = (id: number): Session | undefined =>
    refusing.includes(id) ? undefined : all.find((session) => session.id === id);
  return {
    enumerateSessions: async () => {
      const listed = all.map(({ id, state = 0 }) => ({ SessionId: id, State: state }));
      all = all.filter(({ id }) => !ending.includes(id));
      return { bytes: sessionEntriesBytes(listed), count: listed.length };
    },
    sessionInfo: async (id) => {
      const found = find(id);
      return found
        ? sessionInfoBytes({
            SessionId: id,
            SessionState: found.state ?? 0,
            SessionFlags: found.flags ?? 1,
            UserName: found.user,
            LastInputTime: found.inputAt ?? 0,
            DisconnectTime: found.disconnectedAt ?? 0,
            CurrentTime: NOW,
          })
        : null;
    },
    clientProtocol: async (id) => (find(id) ? Uint8Array.of(find(id)?.protocol ?? 0, 0) : null),
    powerStatus: async () => powerStatusBytes({ ACLineStatus: 0, BatteryFlag: 1 }),
  };
}

const TWO: readonly Session[] = [
  { id: 1, user: 'ada', inputAt: ago(9) },
  { id: 2, user: 'bob', inputAt: ago(1) },
];

describe('WindowsSensors', () => {
  it('see nobody where only services run: there was never input', async () => {
    const sensors = new WindowsSensors(windowsWith([]), '.', noPrograms);
    expect(await sensors.readPresence()).toEqual({ sessions: [], inputAgeSeconds: known(Infinity) });
  });

  it('see who sits at the machine and who looks at it from afar, and the youngest input', async () => {
    const calls = windowsWith([
      { id: 1, user: 'ada', inputAt: ago(600), flags: 0 },
      { id: 2, user: 'bob', inputAt: ago(30), protocol: 2 },
      { id: 3, user: 'eve', state: 4, disconnectedAt: ago(7200) },
    ]);
    const { sessions, inputAgeSeconds } = await new WindowsSensors(calls, '.', noPrograms).readPresence();
    expect(inputAgeSeconds).toEqual(known(30));
    expect(sessions).toMatchObject([
      { id: '1', user: 'ada', kind: 'console', connected: true, locked: known(true) },
      { id: '2', user: 'bob', kind: 'remote-desktop', connected: true, locked: known(false) },
      { id: '3', user: 'eve', connected: false, inputAgeSeconds: known(7200) },
    ]);
  });

  it('do not know when somebody pressed a key where Windows gives no time', async () => {
    const calls = windowsWith([
      { id: 1, user: 'ada', flags: -1 },
      { id: 2, user: 'bob', inputAt: ago(3000) },
    ]);
    const { sessions, inputAgeSeconds } = await new WindowsSensors(calls, '.', noPrograms).readPresence();
    expect(inputAgeSeconds).toMatchObject({ known: false, why: expect.stringContaining('session 1') });
    expect(sessions[0]?.locked.known).toBe(false);
  });

  it('leave out a session that ends while it is asked', async () => {
    const calls = windowsWith(TWO, { ending: [2] });
    const { sessions, inputAgeSeconds } = await new WindowsSensors(calls, '.', noPrograms).readPresence();
    expect(sessions).toHaveLength(1);
    expect(inputAgeSeconds).toEqual(known(9));
  });

  it('see nothing, rather than nobody, where a session may not be asked', async () => {
    const calls = windowsWith(TWO, { refusing: [2] });
    await expect(new WindowsSensors(calls, '.', noPrograms).readPresence()).rejects.toThrow(
      "session 2 can't be asked",
    );
  });

  it('do not count a session at which nobody is logged in yet', async () => {
    const calls = windowsWith([{ id: 1, user: '', inputAt: ago(9) }]);
    expect((await new WindowsSensors(calls, '.', noPrograms).readPresence()).sessions).toEqual([]);
  });

  it('see power, and processes by tasklist', async () => {
    const asked: string[] = [];
    const sensors = new WindowsSensors(windowsWith([]), '.', async (program, args) => {
      asked.push([program, ...args].join(' '));
      return '"obs64.exe","4711","Console","1","210,040 K"\r\n';
    });
    expect(await sensors.readPower()).toBe('battery');
    expect(await sensors.readProcesses()).toEqual([{ pid: 4711, names: ['obs64.exe'] }]);
    expect(asked).toEqual(['tasklist /fo csv /nh']);
  });
});

describe('parseTasklist', () => {
  it('reads names and numbers, whatever the language says after them', () => {
    const text =
      '"System Idle Process","0","Services","0","8 K"\r\n' +
      '"Memory Compression","2296","Dienste","0","1.234.567 K"\r\n' +
      '"a,b.exe","9","Console","1","10 Ko"\r\n\r\n';
    expect(parseTasklist(text)).toEqual([
      { pid: 0, names: ['System Idle Process'] },
      { pid: 2296, names: ['Memory Compression'] },
      { pid: 9, names: ['a,b.exe'] },
    ]);
  });

  it('reads nothing out of a message', () => {
    expect(parseTasklist('INFO: No tasks are running which match the specified criteria.\r\n')).toEqual([]);
  });
});
