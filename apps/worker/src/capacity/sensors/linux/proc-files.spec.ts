import { describe, expect, it } from '@jest/globals';
import { parseBootTime, parseMeminfo, parseProcStat } from './proc-files.js';

const STAT = `cpu  50720 100 12964 93704 743 10 1841 29 0 0
cpu0 24152 0 5642 49287 97 0 869 12 0 0
intr 1 2 3
ctxt 5
btime 1764450000
processes 9
`;

describe('parseProcStat', () => {
  it('counts waiting for disks as idle, and leaves out what a hypervisor gave to others', () => {
    const busySeconds = (50720 + 100 + 12964 + 10 + 1841) / 100;
    const idleSeconds = (93704 + 743) / 100;
    const { busySeconds: busy, totalSeconds } = parseProcStat(STAT);
    expect(busy).toBeCloseTo(busySeconds);
    expect(totalSeconds).toBeCloseTo(busySeconds + idleSeconds);
  });

  it('says what is missing', () => {
    expect(() => parseProcStat('cpu0 1 2 3')).toThrow('no line "cpu"');
    expect(() => parseBootTime('cpu 1 2 3')).toThrow('no line "btime"');
  });

  it('makes no number out of what is none, so that it is not believed', () => {
    expect(parseProcStat('cpu  a b c d').busySeconds).toBeNaN();
  });
});

describe('parseBootTime', () => {
  it('is in milliseconds', () => expect(parseBootTime(STAT)).toBe(1_764_450_000_000));
});

describe('parseMeminfo', () => {
  it('takes what the kernel could free at once for free', () => {
    const text = 'MemTotal:       24684084 kB\nMemFree:          100000 kB\nMemAvailable:   24173236 kB\n';
    expect(parseMeminfo(text)).toEqual({
      totalBytes: 24684084 * 1024,
      usedBytes: (24684084 - 24173236) * 1024,
    });
  });

  it('says what is missing', () => {
    expect(() => parseMeminfo('MemTotal:  1 kB\n')).toThrow('no line "MemAvailable"');
  });
});
