import { describe, expect, it } from '@jest/globals';
import { policyReadings, type MachineReadings } from './readings.js';
import { known, unknown } from './sensed.js';

const SEEN: MachineReadings = {
  sessions: known([]),
  inputAgeSeconds: known(Infinity),
  rdpSessions: known(0),
  foreignCpuPercent: known(12),
  memory: known({ totalBytes: 3, foreignBytes: 2, ownBytes: 1 }),
  power: known('battery'),
  exclusiveApp: known(null),
  disk: known({ totalBytes: 2, freeBytes: 1 }),
};

describe('policyReadings', () => {
  it('hands over what was seen', () => {
    expect(policyReadings(SEEN)).toEqual({
      inputAgeSeconds: Infinity,
      rdpSessions: 0,
      foreignCpuPercent: 12,
      memory: { totalBytes: 3, foreignBytes: 2, ownBytes: 1 },
      power: 'battery',
      exclusiveApp: null,
      disk: { totalBytes: 2, freeBytes: 1 },
    });
  });

  it.each([
    'inputAgeSeconds',
    'rdpSessions',
    'foreignCpuPercent',
    'memory',
    'power',
    'exclusiveApp',
    'disk',
  ] as const)('hands over an unseen %s as unknown', (name) => {
    expect(policyReadings({ ...SEEN, [name]: unknown('a reason') })[name]).toBe('unknown');
  });
});
