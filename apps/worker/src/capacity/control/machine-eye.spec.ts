import { describe, expect, it } from '@jest/globals';
import { ScriptedMachineSensors } from '../../../../../test/support/doubles/scripted-machine-sensors.js';
import { policyOf } from '../../../../../test/support/capacity.js';
import { waitFor } from '../../../../../test/support/wait-for.js';
import { Sampler } from '../sensors/sampler.js';
import { MachineEye, type MakeSampler } from './machine-eye.js';

const TIME = { timeoutMs: 20_000, intervalMs: 2 };
const silent = { onBlind: () => undefined, onSeeingAgain: () => undefined };

describe('MachineEye', () => {
  it('sees nothing before it has looked, then what there is, and nothing when it is closed', async () => {
    const sensors = new ScriptedMachineSensors();
    const eye = new MachineEye(async () => new Sampler(sensors, async () => [], silent), fail);
    expect(eye.readings.power).toBe('unknown');
    eye.open(policyOf());
    await waitFor(() => eye.readings.power === 'mains', TIME);
    await eye.close();
    expect(eye.readings.power).toBe('unknown');
    expect(sensors.closed).toBe(true);
  });

  it('looks anew only when other applications are exclusive, and never with two samplers', async () => {
    const made: string[][] = [];
    const open = new Set<ScriptedMachineSensors>();
    const make: MakeSampler = async (exclusiveApps) => {
      const sensors = new ScriptedMachineSensors();
      made.push([...exclusiveApps]);
      open.add(sensors);
      return new Sampler(sensors, async () => [], silent);
    };
    const eye = new MachineEye(make, fail);
    eye.open(policyOf());
    eye.open(policyOf({ startIdleSeconds: 1000 }));
    eye.open(policyOf({ exclusiveApps: ['obs'] }));
    expect(made).toEqual([[], ['obs']]);
    const openNow = (): number => [...open].filter(({ closed }) => !closed).length;
    await waitFor(() => openNow() === 1, TIME);
    await eye.close();
    expect(openNow()).toBe(0);
  });

  it.each([
    ['ten seconds where there are none', {}, 10],
    ['ten seconds by default', { exclusiveApps: ['obs'] }, 10],
    ['sooner', { exclusiveApps: ['obs'], exclusiveAppCheckSeconds: 3 }, 3],
    ['no later than the rest is read', { exclusiveApps: ['obs'], exclusiveAppCheckSeconds: 60 }, 10],
  ])('looks for exclusive applications as often as the policy says: %s', async (_when, knobs, seconds) => {
    const asked: number[] = [];
    const eye = new MachineEye(async (_apps, restEverySeconds) => {
      asked.push(restEverySeconds);
      return new Sampler(new ScriptedMachineSensors(), async () => [], silent);
    }, fail);
    eye.open(policyOf(knobs));
    await eye.close();
    expect(asked).toEqual([seconds]);
  });

  it('believes no sampler that comes after the one that was wanted last', async () => {
    const give: (() => void)[] = [];
    const make: MakeSampler = async () => {
      const sensors = new ScriptedMachineSensors();
      const power = give.length === 2 ? 'mains' : 'battery';
      sensors.readPower = () => Promise.resolve(power);
      await new Promise<void>((resolve) => give.push(resolve));
      return new Sampler(sensors, async () => [], silent);
    };
    const eye = new MachineEye(make, fail);
    for (const exclusiveApps of [[], ['obs'], []]) eye.open(policyOf({ exclusiveApps }));
    give[2]?.();
    await waitFor(() => eye.readings.power === 'mains', TIME);
    give[0]?.();
    give[1]?.();
    await new Promise((resolve) => setImmediate(resolve));
    expect(eye.readings.power).toBe('mains');
    await eye.close();
  });

  it('stays blind, and says why, on a system without sensors', async () => {
    const told: unknown[] = [];
    const none = new Error('no sensors');
    const eye = new MachineEye(
      () => Promise.reject(none),
      (error) => told.push(error),
    );
    eye.open(policyOf());
    await waitFor(() => told.length > 0, TIME);
    expect([told, eye.readings.inputAgeSeconds]).toEqual([[none], 'unknown']);
    await eye.close();
  });
});

function fail(error: unknown): never {
  throw error;
}
