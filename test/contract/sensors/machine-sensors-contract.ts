import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { MachineSensors } from '../../../apps/worker/src/capacity/sensors/machine-sensors.js';
import * as nonsense from '../../../apps/worker/src/capacity/sensors/nonsense.js';
import { Sampler } from '../../../apps/worker/src/capacity/sensors/sampler.js';
import { thisProcessUse } from '../../../apps/worker/src/capacity/sensors/this-process-use.js';
import { waitFor } from '../../support/wait-for.js';

/** One adapter under test, on a machine whose state can be seen. */
export interface SensorsUnderTest {
  readonly name: string;
  create(): MachineSensors;
  /** Has this process use the machine's processors for at least so long. */
  burn(cpuSeconds: number): void;
}

/** Clock ticks are counted in hundredths of a second, and not always in the right process. */
const BURNT_SECONDS = 0.5;
const SEEN_SECONDS = 0.3;

/** What all sensors must do, on a machine where all of it can be seen. */
export function machineSensorsContract({ name, create, burn }: SensorsUnderTest): void {
  describe(`${name}: the contract of MachineSensors`, () => {
    let sensors: MachineSensors;
    beforeEach(() => {
      sensors = create();
    });
    afterEach(() => sensors.close());

    it('says who is there, each session once, with an age that can be true', async () => {
      const presence = await sensors.readPresence();
      expect(nonsense.presenceNonsense(presence)).toBeNull();
      const ids = presence.sessions.map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
    });

    it('finds the machine’s input no older than any session’s', async () => {
      const { inputAgeSeconds, sessions } = await sensors.readPresence();
      const ages = sessions.flatMap((session) =>
        session.inputAgeSeconds.known ? [session.inputAgeSeconds.value] : [],
      );
      if (inputAgeSeconds.known) expect(inputAgeSeconds.value).toBeLessThanOrEqual(Math.min(...ages));
      else expect(inputAgeSeconds.why).not.toBe('');
    });

    it('counts processor time that is used', async () => {
      const before = await sensors.readCpuTimes();
      expect(nonsense.cpuNonsense(before)).toBeNull();
      burn(BURNT_SECONDS);
      const after = await sensors.readCpuTimes();
      expect(after.busySeconds - before.busySeconds).toBeGreaterThanOrEqual(SEEN_SECONDS);
    });

    it('measures memory and disk', async () => {
      expect(nonsense.memoryNonsense(await sensors.readMemory())).toBeNull();
      expect(nonsense.diskNonsense(await sensors.readDisk())).toBeNull();
    });

    it('knows where power comes from', async () => {
      expect(['mains', 'battery']).toContain(await sensors.readPower());
    });

    it('sees processes by number and name, this one among them', async () => {
      const processes = await sensors.readProcesses();
      const own = processes.find(({ pid }) => pid === process.pid);
      expect(own?.names.length).toBeGreaterThan(0);
      expect(processes.every(({ names }) => names.every((found) => !/[\\/]$|^$/.test(found)))).toBe(true);
    });

    it('gives a sampler everything it wants, again and again', async () => {
      const blind: string[] = [];
      const events = {
        onBlind: (sensor: string, why: string) => blind.push(`${sensor}: ${why}`),
        onSeeingAgain: () => undefined,
      };
      const settings = {
        exclusiveApps: ['no-such-program-runs-here'],
        presenceEverySeconds: 0.05,
        restEverySeconds: 0.05,
        limitSeconds: 60,
      };
      const sampler = new Sampler(sensors, async () => [thisProcessUse()], events, settings);
      await sampler.start();
      await waitFor(() => (burn(0.02), sampler.latest.foreignCpuPercent.known), { timeoutMs: 60_000 });
      await sampler.stop();
      expect(blind).toEqual([]);
      const { memory, exclusiveApp } = sampler.latest;
      expect(exclusiveApp).toEqual({ known: true, value: null });
      expect(memory.known && memory.value.ownBytes).toBeGreaterThan(0);
    });
  });
}

/** Uses this machine's processors. */
export function burnProcessor(cpuSeconds: number): void {
  const start = process.cpuUsage();
  let used = 0;
  while (used < cpuSeconds * 1e6) {
    const { user, system } = process.cpuUsage(start);
    used = user + system;
  }
}
