import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { MachineReport } from '#shared/domain/machine.js';
import { waitFor } from '../../../../test/support/wait-for.js';
import type { CapacityOffer, EngineProblem } from './health.js';
import type { Standing } from './standing.js';
import { Watch, type WatchSettings } from './watch.js';

const down: EngineProblem = { code: 'ENGINE_DOWN', message: 'no socket' };
const FREE: Standing = { state: 'free', reason: '', mustGiveBack: false, untilMs: null };
const TIME = { timeoutMs: 20_000, intervalMs: 5 };

/** A watch over an engine that is as the test says, with all that it told and did. */
class World {
  engine: EngineProblem | null = null;
  test: string | null = null;
  testsRun = 0;
  isTaking = false;
  /** Until the first heartbeat is answered. */
  standing: Standing = { ...FREE, state: 'uncertain', reason: 'LEASE_LOST' };
  offer: CapacityOffer | null = null;
  readonly beats: MachineReport[] = [];
  /** Holds a look at the engine until it is resolved. */
  hung: Promise<void> = Promise.resolve();

  readonly watch = new Watch(
    {
      heartbeat: async (report) => {
        this.beats.push(report);
        if (this.standing.state === 'uncertain') this.standing = FREE;
      },
    },
    {
      checkEngine: async () => {
        await this.hung;
        return this.engine;
      },
      runTestFunction: async () => {
        this.testsRun += 1;
        return this.test;
      },
      recorderStuckSeconds: () => 0,
      slotsBusy: () => 0,
      refused: () => null,
      busySeconds: () => 0,
      busyCores: async () => 1.5,
      offeredCores: () => 2,
      offer: () => this.offer,
      standing: () => this.standing,
      pauseIntake: async () => {
        this.isTaking = false;
      },
      resumeIntake: async () => {
        this.isTaking = true;
      },
    },
    { onHealthChanged: () => undefined, onHeartbeatFailed: () => undefined },
    { heartbeatSeconds: 0.01, machine: { id: 'm' } as WatchSettings['machine'] },
  );

  get reason(): string {
    return this.beats.at(-1)?.reason ?? 'nothing was said';
  }

  ready(): Promise<unknown> {
    return waitFor(() => this.isTaking && this.beats.at(-1)?.state === 'ready', TIME);
  }

  unhealthy(reason: RegExp): Promise<unknown> {
    return waitFor(() => !this.isTaking && reason.test(this.reason), TIME);
  }
}

describe('Watch', () => {
  let world: World;
  beforeEach(() => {
    world = new World();
  });
  afterEach(() => world.watch.close());

  it('begins unhealthy and takes work once the test function has run', async () => {
    await world.watch.open();
    expect(world.beats[0]).toMatchObject({ state: 'unhealthy', reason: 'LEASE_LOST' });
    await world.ready();
    expect(world.testsRun).toBe(1);
    expect(world.beats.some(({ reason }) => reason.startsWith('TEST_FUNCTION_PENDING'))).toBe(true);
  });

  it('takes nothing from when it is ordered to drain until the order is taken back', async () => {
    await world.watch.open();
    await world.ready();
    world.standing = { ...FREE, state: 'drained', reason: 'DRAINING' };
    await world.unhealthy(/^DRAINING$/);
    world.standing = FREE;
    await world.ready();
  });

  it('takes nothing while the engine is away, and comes back only after the test function has run again', async () => {
    await world.watch.open();
    await world.ready();
    world.engine = down;
    await world.unhealthy(/^ENGINE_DOWN: no socket$/);
    world.test = 'no answer';
    world.engine = null;
    await world.unhealthy(/^TEST_FUNCTION_FAILED: no answer$/);
    expect(world.testsRun).toBeGreaterThan(1);
    world.test = null;
    await world.ready();
  });

  it('does not trust an engine that could not start a container', async () => {
    await world.watch.open();
    await world.ready();
    world.watch.doubt({ code: 'ENGINE_DOWN', message: 'no start' });
    expect(world.isTaking).toBe(false);
    await world.ready();
    expect(world.testsRun).toBe(2);
    expect(world.beats.some(({ reason }) => reason === 'ENGINE_DOWN: no start')).toBe(true);
  });

  it('goes on with its heartbeats while a look hangs', async () => {
    const hang = Promise.withResolvers<void>();
    world.hung = hang.promise;
    await world.watch.open();
    const before = world.beats.length;
    await waitFor(() => world.beats.length > before + 3, TIME);
    hang.resolve();
    await world.ready();
  });

  it('takes nothing while the capacity policy offers nothing, and says what is done instead', async () => {
    await world.watch.open();
    await world.ready();
    world.offer = { state: 'claimed/suspended', reason: 'USER_ACTIVE', isOpen: false };
    world.watch.offerChanged();
    expect(world.isTaking).toBe(false);
    await world.unhealthy(/^USER_ACTIVE$/);
    const capacity = { state: 'claimed/suspended', reason: 'USER_ACTIVE' };
    expect(world.beats.at(-1)).toMatchObject({ state: 'owner', capacity, busyCores: 1.5, offeredCores: 2 });
    world.offer = { state: 'unclaimed/idle', reason: null, isOpen: true };
    world.watch.offerChanged();
    await world.ready();
    expect(world.beats.at(-1)).toMatchObject({ capacity: { state: 'unclaimed/idle', reason: '' } });
    expect(world.testsRun).toBe(1);
  });

  it('says that it drains when it is closed', async () => {
    await world.watch.open();
    await world.ready();
    await world.watch.close();
    expect(world.isTaking).toBe(false);
    expect(world.beats.at(-1)).toMatchObject({ state: 'draining' });
  });
});
