import { describe, expect, it } from '@jest/globals';
import { ScriptedMachineSensors } from '../../../../../test/support/doubles/scripted-machine-sensors.js';
import { waitFor } from '../../../../../test/support/wait-for.js';
import type { OwnUsePart } from './own-use.js';
import { Sampler, DEFAULT_SAMPLER_SETTINGS, type SamplerSettings } from './sampler.js';
import { known, unknown } from './sensed.js';

const FAST: SamplerSettings = {
  exclusiveApps: ['blender'],
  presenceEverySeconds: 0.005,
  restEverySeconds: 0.005,
  limitSeconds: 60,
};

function samplerOf(sensors: ScriptedMachineSensors, settings: SamplerSettings = FAST) {
  const told: string[] = [];
  let nowMs = 0;
  const own: { use: () => Promise<readonly OwnUsePart[]> } = { use: async () => [] };
  const sampler = new Sampler(
    sensors,
    () => own.use(),
    { onBlind: (name) => told.push(name), onSeeingAgain: (name) => told.push(`${name} again`) },
    settings,
    () => nowMs,
  );
  return { sampler, told, own, advance: (seconds: number) => (nowMs += seconds * 1000) };
}

describe('Sampler', () => {
  it('knows nothing before it has read', () => {
    const { sampler } = samplerOf(new ScriptedMachineSensors());
    expect(Object.values(sampler.latest).some(({ known }) => known)).toBe(false);
  });

  it('reads everything, the load by a second reading', async () => {
    const sensors = new ScriptedMachineSensors();
    const { sampler } = samplerOf(sensors);
    expect((await sampler.sample()).foreignCpuPercent.known).toBe(false);
    sensors.state.cpu = { busySeconds: 105, totalSeconds: 1010 };
    const readings = await sampler.sample();
    expect(readings.foreignCpuPercent).toEqual(known(50));
    expect(readings.rdpSessions).toEqual(known(0));
    expect(readings.exclusiveApp).toEqual(known(null));
    expect(readings.power).toEqual(known('mains'));
  });

  it('counts remote desktops that somebody looks at', async () => {
    const sensors = new ScriptedMachineSensors();
    const session = { user: 'ada', locked: known(false), inputAgeSeconds: known(9) };
    sensors.state.presence = {
      inputAgeSeconds: known(9),
      sessions: [
        { ...session, id: '1', kind: 'remote-desktop', connected: true },
        { ...session, id: '2', kind: 'remote-desktop', connected: false },
        { ...session, id: '3', kind: 'console', connected: true },
        { ...session, id: '4', kind: 'terminal', connected: true },
      ],
    };
    expect((await samplerOf(sensors).sampler.sample()).rdpSessions).toEqual(known(1));
  });

  it('remembers input when its session is gone, and does not follow a wall clock that jumps', async () => {
    const sensors = new ScriptedMachineSensors();
    const { sampler, advance } = samplerOf(sensors);
    sensors.state.presence = { sessions: [], inputAgeSeconds: known(2) };
    await sampler.sample();
    for (const jumped of [3600, Infinity]) {
      sensors.state.presence = { sessions: [], inputAgeSeconds: known(jumped) };
      advance(1);
      await sampler.sample();
    }
    expect(sampler.latest.inputAgeSeconds).toEqual(known(4));
  });

  it('knows no input age while presence can’t be seen, and goes on from what it knew', async () => {
    const sensors = new ScriptedMachineSensors();
    const { sampler, advance, told } = samplerOf(sensors);
    sensors.state.presence = { sessions: [], inputAgeSeconds: known(2) };
    await sampler.sample();
    sensors.failing.add('presence');
    advance(1);
    expect((await sampler.sample()).inputAgeSeconds.known).toBe(false);
    expect(sampler.latest.sessions.known).toBe(false);
    sensors.failing.clear();
    sensors.state.presence = { sessions: [], inputAgeSeconds: known(Infinity) };
    advance(1);
    expect((await sampler.sample()).inputAgeSeconds).toEqual(known(4));
    expect(told).toEqual(['presence', 'presence again']);
  });

  it('has no load while our own use is unknown, and starts anew from two whole samples', async () => {
    const sensors = new ScriptedMachineSensors();
    const { sampler, own } = samplerOf(sensors);
    const ours = [{ id: 'a', cpuSeconds: 4000, memoryBytes: 10, pids: [7] }];
    const sampleAt = (seconds: number, use: () => Promise<readonly OwnUsePart[]>) => {
      sensors.state.cpu = { busySeconds: 100 + seconds, totalSeconds: 1000 + seconds };
      own.use = use;
      return sampler.sample();
    };
    await sampleAt(0, async () => ours);
    expect((await sampleAt(10, () => Promise.reject(new Error('gone')))).foreignCpuPercent).toEqual(
      unknown('gone'),
    );
    // The container's whole life would hide the owner's load, were it taken for the use of these ten seconds.
    expect((await sampleAt(20, async () => ours)).foreignCpuPercent.known).toBe(false);
    expect((await sampleAt(30, async () => ours)).foreignCpuPercent).toEqual(known(100));
  });

  it('leaves all other readings alone when one sensor fails', async () => {
    const sensors = new ScriptedMachineSensors();
    const { sampler } = samplerOf(sensors);
    sensors.failing.add('power');
    const { power, disk, memory } = await sampler.sample();
    expect([power.known, disk.known, memory.known]).toEqual([false, true, true]);
  });

  it.each([
    ['presence', { sessions: [], inputAgeSeconds: known(NaN) }],
    ['memory', { usedBytes: 11, totalBytes: 10 }],
    ['memory', { usedBytes: -1, totalBytes: 10 }],
    ['disk', { freeBytes: 0, totalBytes: 0 }],
    ['cpu', { busySeconds: NaN, totalSeconds: 1 }],
    ['processes', []],
  ])('does not believe %s %j', async (name, value) => {
    const sensors = new ScriptedMachineSensors();
    const { sampler, told } = samplerOf(sensors);
    Object.assign(sensors.state, { [name]: value });
    await sampler.sample();
    expect(told).toHaveLength(1);
  });

  it('reads again and again, never two readings of one sensor at once, until it is stopped', async () => {
    const sensors = new ScriptedMachineSensors();
    const { sampler } = samplerOf(sensors);
    await sampler.start();
    await waitFor(() => sensors.reads.presence > 20 && sensors.reads.power > 20, { timeoutMs: 60_000 });
    await sampler.stop();
    expect(sensors.mostAtOnce).toBe(1);
    expect(sensors.closed).toBe(true);
    const reads = { ...sensors.reads };
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(sensors.reads).toEqual(reads);
  });

  it('goes on while a sensor hangs', async () => {
    const sensors = new ScriptedMachineSensors();
    const { sampler, told } = samplerOf(sensors, { ...FAST, limitSeconds: 0.02 });
    const release = sensors.hang('disk');
    await sampler.start();
    await waitFor(() => sensors.reads.power > 3, { timeoutMs: 60_000 });
    expect(sampler.latest.disk.known).toBe(false);
    expect(sensors.reads.disk).toBe(1);
    release();
    await waitFor(() => sampler.latest.disk.known, { timeoutMs: 60_000 });
    await sampler.stop();
    // Others may have been late too, on a slow machine.
    expect(told.filter((name) => name.startsWith('disk')).slice(0, 2)).toEqual(['disk', 'disk again']);
  });

  it('reads presence each second and the rest each ten, unless told otherwise', () => {
    expect(DEFAULT_SAMPLER_SETTINGS).toMatchObject({ presenceEverySeconds: 1, restEverySeconds: 10 });
  });
});
