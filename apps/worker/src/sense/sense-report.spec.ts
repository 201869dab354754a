import { describe, expect, it } from '@jest/globals';
import type { MachineReadings } from '../capacity/sensors/readings.js';
import { known, unknown } from '../capacity/sensors/sensed.js';
import { ageText, sensedJson, sensedTable } from './sense-report.js';

const READINGS: MachineReadings = {
  sessions: known([
    {
      id: '2',
      user: 'ada',
      kind: 'console',
      connected: true,
      locked: known(true),
      inputAgeSeconds: known(3.2),
    },
    {
      id: '5',
      user: 'bob',
      kind: 'remote-desktop',
      connected: false,
      locked: unknown('nobody says'),
      inputAgeSeconds: known(Infinity),
    },
  ]),
  inputAgeSeconds: known(3.2),
  rdpSessions: known(0),
  foreignCpuPercent: known(12.4),
  memory: known({ totalBytes: 16e9, foreignBytes: 5.04e9, ownBytes: 1e8 }),
  power: unknown('a battery says nothing'),
  exclusiveApp: known(null),
  disk: known({ totalBytes: 500e9, freeBytes: 120e9 }),
};

describe('sensedTable', () => {
  it('shows every reading, and who is logged in', () => {
    expect(sensedTable(READINGS)).toEqual([
      'last input       3 s ago',
      'remote desktops  0',
      "others' load     12 % of the machine",
      "others' memory   5.0 of 16.0 GB, and 0.1 GB ours",
      'power            unknown: a battery says nothing',
      'exclusive app    none runs',
      'disk             120.0 of 500.0 GB free (24 %)',
      '',
      'session  user  kind                          last input  locked',
      '2        ada   console                       3 s ago     yes',
      '5        bob   remote-desktop, disconnected  never       unknown: nobody says',
    ]);
  });

  it('says when nobody is logged in, and when that is not known', () => {
    expect(sensedTable({ ...READINGS, sessions: known([]) }).at(-1)).toBe('Nobody is logged in.');
    expect(sensedTable({ ...READINGS, sessions: unknown('no bus') }).at(-1)).toBe('sessions unknown: no bus');
    expect(sensedTable({ ...READINGS, exclusiveApp: known('obs') })).toContain('exclusive app    obs');
  });
});

describe('ageText', () => {
  it.each([
    [0, '0 s ago'],
    [59.4, '59 s ago'],
    [60, '1 min ago'],
    [3599, '59 min ago'],
    [7200, '2 h ago'],
    [200_000, '2 d ago'],
    [Infinity, 'never'],
  ])('%d', (seconds, text) => expect(ageText(seconds)).toBe(text));
});

describe('sensedJson', () => {
  it('has a value or the reason, never for infinity, and survives JSON', () => {
    const json = sensedJson(READINGS);
    expect(JSON.parse(JSON.stringify(json))).toEqual(json);
    expect(json).toMatchObject({
      inputAgeSeconds: 3.2,
      power: { unknown: 'a battery says nothing' },
      exclusiveApp: null,
      memory: { foreignBytes: 5.04e9 },
      sessions: [{ locked: true }, { locked: { unknown: 'nobody says' }, inputAgeSeconds: 'never' }],
    });
  });
});
