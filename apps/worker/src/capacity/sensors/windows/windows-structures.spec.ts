import { describe, expect, it } from '@jest/globals';
import {
  fileTime,
  powerStatusBytes,
  sessionEntriesBytes,
  sessionInfoBytes,
} from '../../../../../../test/support/windows-structures.js';
import {
  parseIsRemote,
  parsePowerStatus,
  parseSessionEntries,
  parseSessionInfo,
  POWER_STATUS_BYTES,
  SESSION_ENTRY_BYTES,
  SESSION_INFO_BYTES,
} from './windows-structures.js';

const ADA = {
  SessionId: 1,
  SessionState: 0,
  SessionFlags: 1,
  WinStationName: 'Console',
  UserName: 'ada.lovelace-of-20-ch',
  DomainName: 'ANALYTICAL',
  LogonTime: fileTime('2026-11-29T08:00:00Z'),
  ConnectTime: fileTime('2026-11-29T08:00:00Z'),
  LastInputTime: fileTime('2026-11-29T17:00:00Z'),
  CurrentTime: fileTime('2026-11-29T17:00:12.5Z'),
};

describe('the sizes that are asked for', () => {
  it('are those that a compiler gives the documented members', () => {
    expect(sessionEntriesBytes([{}])).toHaveLength(SESSION_ENTRY_BYTES);
    expect(sessionInfoBytes({})).toHaveLength(SESSION_INFO_BYTES);
    expect(powerStatusBytes({})).toHaveLength(POWER_STATUS_BYTES);
  });
});

describe('parseSessionEntries', () => {
  it('reads each session’s number, and whether somebody may be logged in', () => {
    const bytes = sessionEntriesBytes([
      { SessionId: 0, State: 4, pSessionName: 0x7ff012345678n },
      { SessionId: 1, State: 0, pUserName: 0x7ff012345678n },
      { SessionId: 2, State: 1 },
      { SessionId: 65536, State: 6 },
    ]);
    expect(parseSessionEntries(bytes, 4)).toEqual([
      { sessionId: 0, mayHaveUser: false },
      { sessionId: 1, mayHaveUser: true },
      { sessionId: 2, mayHaveUser: false },
      { sessionId: 65536, mayHaveUser: false },
    ]);
  });

  it('does not read past the end', () => {
    expect(() => parseSessionEntries(sessionEntriesBytes([{}]), 2)).toThrow('56 bytes instead of 112');
  });
});

describe('parseSessionInfo', () => {
  it('reads who it is, and since when there was no input', () => {
    expect(parseSessionInfo(sessionInfoBytes(ADA))).toEqual({
      user: ADA.UserName.slice(0, 21),
      connected: true,
      locked: false,
      inputAgeSeconds: 12.5,
    });
  });

  it.each([
    [0, true],
    [1, false],
    [-1, null],
  ])('reads the flag %d as locked: %p', (SessionFlags, locked) => {
    expect(parseSessionInfo(sessionInfoBytes({ ...ADA, SessionFlags })).locked).toBe(locked);
  });

  it('counts from the end of the connection where that is later, or the only time', () => {
    const gone = { ...ADA, SessionState: 4, DisconnectTime: fileTime('2026-11-29T17:00:10Z') };
    expect(parseSessionInfo(sessionInfoBytes(gone))).toMatchObject({
      connected: false,
      inputAgeSeconds: 2.5,
    });
    const without = sessionInfoBytes({ ...gone, LastInputTime: 0 });
    expect(parseSessionInfo(without).inputAgeSeconds).toBe(2.5);
  });

  it('does not take an earlier disconnection of a session in use for input', () => {
    const back = { ...ADA, DisconnectTime: fileTime('2026-11-29T17:00:11Z') };
    expect(parseSessionInfo(sessionInfoBytes(back)).inputAgeSeconds).toBe(12.5);
  });

  it('knows no age without a time', () => {
    expect(parseSessionInfo(sessionInfoBytes({ ...ADA, LastInputTime: 0 })).inputAgeSeconds).toBeNull();
    expect(parseSessionInfo(sessionInfoBytes({ ...ADA, CurrentTime: 0 })).inputAgeSeconds).toBeNull();
  });

  it('believes neither too few bytes nor another level', () => {
    expect(() => parseSessionInfo(sessionInfoBytes(ADA).subarray(0, 100))).toThrow(
      '100 bytes instead of 232',
    );
    const other = sessionInfoBytes(ADA);
    other.writeUInt32LE(2, 0);
    expect(() => parseSessionInfo(other)).toThrow('level 2');
  });
});

describe('parseIsRemote', () => {
  it.each([
    [0, false],
    [1, true],
    [2, true],
  ])('protocol %d: %p', (protocol, remote) => {
    expect(parseIsRemote(Uint8Array.of(protocol, 0))).toBe(remote);
  });
});

describe('parsePowerStatus', () => {
  it.each([
    ['a desktop', { ACLineStatus: 1, BatteryFlag: 128 }, 'mains'],
    ['a laptop plugged in', { ACLineStatus: 1, BatteryFlag: 8 }, 'mains'],
    ['a laptop unplugged', { ACLineStatus: 0, BatteryFlag: 1 }, 'battery'],
    ['no battery, line unknown', { ACLineStatus: 255, BatteryFlag: 128 }, 'mains'],
  ])('%s', (_, values, source) => expect(parsePowerStatus(powerStatusBytes(values))).toBe(source));

  it('does not know what Windows does not know', () => {
    expect(() => parsePowerStatus(powerStatusBytes({ ACLineStatus: 255, BatteryFlag: 255 }))).toThrow(
      'does not know',
    );
    expect(() => parsePowerStatus(powerStatusBytes({ ACLineStatus: 255, BatteryFlag: 2 }))).toThrow(
      'does not know',
    );
  });
});
