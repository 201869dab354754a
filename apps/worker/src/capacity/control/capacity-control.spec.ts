import { beforeEach, describe, expect, it } from '@jest/globals';
import type { OwnerOrder, Reading } from '#shared/domain/capacity/readings.js';
import { IDLE_READINGS, policyOf } from '../../../../../test/support/capacity.js';
import { CapacityControl } from './capacity-control.js';
import type { View } from '../policy/view.js';
import type { CapacityBooks, CapacityEffects } from './controlled-work.js';
import type { SensedReadings } from './machine-eye.js';
import type { PolicyInForce } from './policy-in-force.js';
import type { Release } from './release-meter.js';

const GIB = 2 ** 30;

/** A worker whose machine, clock and containers are as the test says, with all that was done to it. */
class World {
  nowMs = 1_000_000;
  inForce: PolicyInForce = {
    policy: policyOf({ profile: 'desktop-suspend' }),
    profile: 'desktop-suspend',
    acts: true,
  };
  readonly eye = {
    readings: IDLE_READINGS as SensedReadings,
    isOpen: false,
    open: (): void => void (this.eye.isOpen = true),
    close: async (): Promise<void> => void (this.eye.isOpen = false),
  };
  readonly owner: { latest: Reading<OwnerOrder> } = { latest: { kind: 'offered' } };
  readonly books: { -readonly [Key in keyof CapacityBooks]: CapacityBooks[Key] } = {
    canPause: true,
    isEngineWell: true,
    claimed: 0,
    occupied: 0,
    computing: 0,
    refused: null,
    contactLostSeconds: 0,
    drain: null,
    utcMs: Date.parse('2026-11-18T01:00:00Z'),
    memoryBytes: 8 * GIB,
    usualContainerBytes: GIB / 2,
  };
  holdFails = false;
  liftFails = false;
  isHeld = false;
  isRefusing = false;
  cpu = { capPercent: 0, isLow: false };
  allowedBytes = 0;
  readonly done: string[] = [];
  looked: View | null | undefined;
  readonly releases: Release[] = [];
  readonly troubles: string[] = [];

  readonly effects: CapacityEffects = {
    hold: async () => {
      this.isHeld = true;
      if (this.holdFails) throw new Error('it does not pause');
      this.books.computing = 0;
    },
    lift: async () => {
      this.isHeld = false;
      if (this.liftFails) throw new Error('it does not go on');
      this.books.computing = this.books.occupied;
    },
    refuse: () => void (this.isRefusing = true),
    admit: () => void (this.isRefusing = false),
    evict: async () => void this.done.push('evict'),
    giveBack: async () => void this.done.push('giveBack'),
    allowMemory: (bytes) => void (this.allowedBytes = bytes),
    limitCpu: (limits) => void (this.cpu = limits),
    quarantine: () => void this.done.push('quarantine'),
    offerChanged: () => undefined,
  };

  readonly control = new CapacityControl(
    { inForce: () => this.inForce },
    this.eye,
    this.owner,
    this.books,
    this.effects,
    {
      onLooked: (view) => void (this.looked = view),
      onStateChanged: () => undefined,
      onReleased: (release) => void this.releases.push(release),
      onTrouble: (what) => void this.troubles.push(what),
    },
    () => this.nowMs,
  );

  get offer(): unknown {
    const { offer } = this.control;
    return offer && [offer.state, offer.reason, offer.isOpen];
  }

  policy(layer: Readonly<Record<string, unknown>>, acts = true): void {
    this.inForce = { policy: policyOf(layer), profile: 'desktop-suspend', acts };
  }

  sense(readings: Partial<SensedReadings>): void {
    this.eye.readings = { ...this.eye.readings, ...readings };
  }

  /** Looks after so many seconds, and lets what that began come to its end. */
  async after(seconds: number): Promise<void> {
    this.nowMs += seconds * 1000;
    this.control.look();
    await new Promise((resolve) => setImmediate(resolve));
  }

  /** So much work, in as many containers. */
  work(claimed: number, occupied = claimed): void {
    Object.assign(this.books, { claimed, occupied, computing: this.isHeld ? 0 : occupied });
  }

  /** Until it is offered. */
  async offered(): Promise<void> {
    for (const seconds of [0, 120, 11, 1]) await this.after(seconds);
    expect(this.offer).toEqual(['unclaimed/idle', null, true]);
  }

  async busy(): Promise<void> {
    await this.offered();
    this.work(2);
    await this.after(1);
    expect(this.offer).toEqual(['claimed/busy', null, true]);
  }
}

describe('CapacityControl', () => {
  let world: World;
  beforeEach(() => {
    world = new World();
  });

  it('begins unhealthy, starts nothing ahead, and offers the machine when its policy says so', async () => {
    world.books.isEngineWell = false;
    await world.after(0);
    expect(world.offer).toEqual(['unhealthy', 'ENGINE_DOWN', false]);
    expect(world.isRefusing).toBe(true);
    expect(world.eye.isOpen).toBe(true);
    world.books.isEngineWell = true;
    await world.offered();
    expect(world.isRefusing).toBe(false);
  });

  it('pauses what runs when its owner comes, and lets it go on when he has gone', async () => {
    await world.busy();
    world.sense({ inputAgeSeconds: 0.5 });
    await world.after(1);
    expect(world.offer).toEqual(['claimed/suspended', 'USER_ACTIVE', false]);
    expect(world.isHeld).toBe(true);
    expect(world.isRefusing).toBe(false);
    expect(world.releases).toEqual([{ reason: 'USER_ACTIVE', by: 'suspend', seconds: 0.5 }]);
    world.sense({ inputAgeSeconds: 1000 });
    await world.after(301);
    expect(world.offer).toEqual(['claimed/busy', null, true]);
    expect(world.isHeld).toBe(false);
    expect(world.done).toEqual([]);
  });

  it('sends back, still paused, what was paused for too long, and lets nothing run while it leaves', async () => {
    await world.busy();
    world.sense({ inputAgeSeconds: 0 });
    await world.after(1);
    await world.after(601);
    expect(world.offer).toEqual(['preempting/vacating', 'USER_ACTIVE', false]);
    expect(world.done).toEqual(['evict']);
    expect(world.isHeld).toBe(true);
    expect(world.isRefusing).toBe(true);
    world.work(0);
    await world.after(1);
    expect(world.offer).toEqual(['owner/idle', 'USER_ACTIVE', false]);
    expect(world.isHeld).toBe(false);
    expect(world.isRefusing).toBe(true);
  });

  it('sends back what can not be paused', async () => {
    await world.busy();
    world.holdFails = true;
    world.sense({ inputAgeSeconds: 0 });
    await world.after(1);
    expect(world.troubles).toEqual(['Work could not be paused.']);
    await world.after(6);
    expect(world.offer).toEqual(['preempting/vacating', 'USER_ACTIVE', false]);
    expect(world.done).toEqual(['evict']);
  });

  it('sends back what can not go on', async () => {
    await world.busy();
    world.sense({ inputAgeSeconds: 0 });
    await world.after(1);
    world.liftFails = true;
    world.sense({ inputAgeSeconds: 1000 });
    await world.after(301);
    expect(world.troubles).toEqual(['Work that was paused could not go on; it is sent back.']);
    expect(world.done).toEqual(['evict']);
  });

  it('gives work that is to leave its time, then ends it, then gives it back over its head', async () => {
    world.policy({ profile: 'desktop-vacate' });
    await world.busy();
    world.sense({ inputAgeSeconds: 0.5 });
    await world.after(1);
    expect(world.offer).toEqual(['preempting/vacating', 'USER_ACTIVE', false]);
    expect([world.isRefusing, world.isHeld, world.done]).toEqual([true, false, []]);
    await world.after(45);
    expect(world.offer).toEqual(['preempting/killing', 'USER_ACTIVE', false]);
    expect(world.done).toEqual(['evict']);
    await world.after(5);
    expect(world.done).toEqual(['evict', 'evict', 'giveBack']);
    world.work(1, 0);
    await world.after(1);
    expect(world.offer).toEqual(['owner/idle', 'USER_ACTIVE', false]);
    expect(world.releases).toEqual([{ reason: 'USER_ACTIVE', by: 'kill', seconds: 51.5 }]);
  });

  it('is quarantined while its containers do not go, and back when they have gone', async () => {
    world.policy({ profile: 'desktop-vacate' });
    await world.busy();
    world.owner.latest = { kind: 'never' };
    await world.after(1);
    await world.after(45);
    await world.after(30);
    expect(world.offer).toEqual(['unhealthy', 'QUARANTINED', false]);
    expect(world.done).toContain('quarantine');
    world.work(0);
    world.owner.latest = { kind: 'offered' };
    await world.after(1);
    expect(world.offer).toEqual(['owner/idle', 'QUARANTINED', false]);
    await world.offered();
  });

  it('allows its containers a share of the memory, and offers nothing where that is too little for one', async () => {
    await world.offered();
    expect(world.allowedBytes).toBe(8 * GIB);
    world.sense({ memory: { totalBytes: 16 * GIB, foreignBytes: 12 * GIB, ownBytes: 0 } });
    await world.after(1);
    expect(world.allowedBytes).toBe(Math.floor(0.9 * 16 * GIB - 12 * GIB));
    world.sense({ memory: { totalBytes: 16 * GIB, foreignBytes: 14 * GIB, ownBytes: 0 } });
    await world.after(1);
    expect(world.offer).toEqual(['unclaimed/idle', 'MEMORY_USAGE', false]);
    world.sense({ memory: { totalBytes: 16 * GIB, foreignBytes: GIB, ownBytes: 0 } });
    await world.after(1);
    expect(world.offer).toEqual(['unclaimed/idle', null, true]);
  });

  it('limits containers as the policy says, and as it says later', async () => {
    await world.after(0);
    expect(world.cpu).toEqual({ capPercent: 100, isLow: false });
    world.policy({ profile: 'background' });
    await world.after(1);
    expect(world.cpu).toEqual({ capPercent: 50, isLow: true });
    world.policy({ profile: 'background', cpuCapPercent: 10, cpuPriority: 'normal' });
    await world.after(1);
    expect(world.cpu).toEqual({ capPercent: 10, isLow: false });
    world.policy({ profile: 'dedicated' }, false);
    await world.after(1);
    expect(world.cpu).toEqual({ capPercent: 100, isLow: false });
  });

  describe('of a machine that is dedicated', () => {
    beforeEach(() => world.policy({ profile: 'dedicated' }, false));

    it('decides nothing and reads no sensor', async () => {
      await world.after(0);
      expect([world.offer, world.eye.isOpen, world.isRefusing]).toEqual([null, false, false]);
    });

    it('obeys its owner nevertheless, and only as long as he says', async () => {
      await world.after(0);
      world.work(1);
      world.owner.latest = { kind: 'snoozed', untilMs: world.nowMs + 60_000 };
      await world.after(1);
      expect(world.offer).toEqual(['preempting/vacating', 'USER_REQUEST', false]);
      expect(world.eye.isOpen).toBe(false);
      world.work(0);
      await world.after(1);
      expect(world.offer).toEqual(['owner/idle', 'USER_REQUEST', false]);
      expect(world.releases).toEqual([{ reason: 'USER_REQUEST', by: 'vacate', seconds: 1 }]);
      await world.after(60);
      expect([world.offer, world.isRefusing]).toEqual([null, false]);
    });

    it('gives way as soon as management makes it a desktop, and is as before when that is taken back', async () => {
      await world.after(0);
      world.work(1);
      world.policy({ profile: 'desktop-suspend' });
      world.sense({ inputAgeSeconds: 0 });
      await world.after(1);
      expect(world.offer).toEqual(['claimed/suspended', 'USER_ACTIVE', false]);
      expect([world.isHeld, world.eye.isOpen]).toEqual([true, true]);
      world.policy({ profile: 'dedicated' }, false);
      await world.after(1);
      expect([world.offer, world.isHeld, world.eye.isOpen]).toEqual([null, false, false]);
      expect(world.allowedBytes).toBe(8 * GIB);
    });
  });
});
