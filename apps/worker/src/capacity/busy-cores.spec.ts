import { describe, expect, it } from '@jest/globals';
import { BusyCores } from './busy-cores.js';

type Reading = Readonly<Record<string, number>> | Error;

/** Reads one after the other, ten seconds apart. */
async function readAll(...readings: readonly Reading[]): Promise<(number | null)[]> {
  let at = -1;
  const readUse = (): Promise<never[]> => {
    const reading = readings[at] ?? {};
    if (reading instanceof Error) return Promise.reject(reading);
    const parts = Object.entries(reading).map(([id, cpuSeconds]) => ({ id, cpuSeconds }));
    return Promise.resolve(parts as never[]);
  };
  const meter = new BusyCores(readUse, () => at * 10_000);
  const found: (number | null)[] = [];
  for (at = 0; at < readings.length; at++) found.push(await meter.read());
  return found;
}

describe('BusyCores', () => {
  it.each([
    ['knows nothing from one reading', [{ a: 5 }], [null]],
    ['takes the difference', [{ a: 5 }, { a: 25 }], [null, 2]],
    [
      'adds up containers',
      [
        { a: 5, b: 1 },
        { a: 15, b: 6 },
      ],
      [null, 1.5],
    ],
    ['counts a new one from its start', [{}, { a: 5 }], [null, 0.5]],
    ['forgets one that has ended', [{ a: 50, b: 0 }, { b: 10 }, { b: 10 }], [null, 1, 0]],
    ['takes nothing off for a counter that fell', [{ a: 50 }, { a: 10 }], [null, 0]],
    [
      'says so when it can not read, and averages over the gap',
      [{ a: 0 }, new Error('away'), { a: 20 }],
      [null, null, 1],
    ],
  ] as const)('%s', async (_what, readings, expected) => {
    expect(await readAll(...readings)).toEqual(expected);
  });

  it('does not wait for a reading that hangs', async () => {
    expect(await new BusyCores(() => new Promise(() => undefined)).read()).toBeNull();
  });
});
