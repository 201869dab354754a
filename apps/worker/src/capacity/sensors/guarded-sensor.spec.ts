import { describe, expect, it } from '@jest/globals';
import { GuardedSensor } from './guarded-sensor.js';
import { known, unknown } from './sensed.js';

const LONG_MS = 60_000;

function guard(read: () => Promise<number>, limitMs = LONG_MS) {
  const told: string[] = [];
  const sensor = new GuardedSensor(
    'test',
    read,
    (value) => (value < 0 ? `${value} is less than nothing` : null),
    {
      onBlind: (name, why) => told.push(`${name} is blind: ${why}`),
      onSeeingAgain: (name) => told.push(`${name} sees again`),
    },
    limitMs,
  );
  return { sensor, told };
}

describe('GuardedSensor', () => {
  it('gives what was read', async () => {
    const { sensor, told } = guard(async () => 7);
    expect(await sensor.sense()).toEqual(known(7));
    expect(told).toEqual([]);
  });

  it('turns a failure, also one thrown at once, and nonsense into unknown', async () => {
    const failing = guard(() => Promise.reject(new Error('no such file')));
    expect(await failing.sensor.sense()).toEqual(unknown('no such file'));
    const throwing = guard(() => {
      throw new Error('no such call');
    });
    expect(await throwing.sensor.sense()).toEqual(unknown('no such call'));
    const wrong = guard(async () => -1);
    expect(await wrong.sensor.sense()).toEqual(unknown('-1 is less than nothing'));
  });

  it('tells of trouble once when it begins and once when it is over', async () => {
    const values = [-1, -2, 3, 4, -5];
    const { sensor, told } = guard(async () => values.shift() ?? 0);
    for (let i = 0; i < 5; i += 1) await sensor.sense();
    expect(told).toEqual([
      'test is blind: -1 is less than nothing',
      'test sees again',
      'test is blind: -5 is less than nothing',
    ]);
  });

  it('does not wait for a reading that hangs, nor ask again until it is back', async () => {
    let asked = 0;
    const hanging = Promise.withResolvers<number>();
    const { sensor, told } = guard(() => {
      asked += 1;
      return asked === 1 ? hanging.promise : Promise.resolve(asked);
    }, 20);
    expect(await sensor.sense()).toEqual(unknown('it did not answer within 0.02 s'));
    expect((await sensor.sense()).known).toBe(false);
    expect(asked).toBe(1);
    hanging.resolve(1);
    // What hung is thrown away: it is old by now.
    await new Promise((resolve) => setImmediate(resolve));
    expect(asked).toBe(1);
    expect(told).toEqual(['test is blind: it did not answer within 0.02 s']);
  });
});
