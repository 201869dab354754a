import { describe, expect, it } from '@jest/globals';
import { PolicyKeeper, type LocalPolicy } from './policy-in-force.js';

const TIMES = { heartbeatSeconds: 10, leaseSeconds: 30 };

function keeperOf(
  layer: LocalPolicy['layer'],
  times = TIMES,
): { keeper: PolicyKeeper; refused: readonly unknown[] } {
  const refused: unknown[] = [];
  const keeper = new PolicyKeeper({ layer, ...times }, 'Europe/Berlin', (error) => refused.push(error));
  return { keeper, refused };
}

describe('PolicyKeeper', () => {
  it.each<[string, LocalPolicy['layer'], object | undefined, boolean]>([
    ['a dedicated machine', { profile: 'dedicated' }, undefined, false],
    [
      'a dedicated machine of which management says the same',
      { profile: ['dedicated'] },
      { pool: { profile: 'dedicated' } },
      false,
    ],
    ['a dedicated machine with a knob', { profile: 'dedicated', runOnBattery: true }, undefined, true],
    [
      'a dedicated machine with a knob from management',
      { profile: 'dedicated' },
      { group: { hours: 'always' } },
      true,
    ],
    [
      'a machine that management makes a desktop',
      { profile: 'dedicated' },
      { pool: { profile: 'desktop-vacate' } },
      true,
    ],
    ['a desktop', { profile: 'desktop-suspend' }, {}, true],
    [
      'a desktop that management makes dedicated',
      { profile: 'desktop-suspend' },
      { machine: { profile: 'dedicated' } },
      false,
    ],
    ['a background machine', { profile: ['background'] }, {}, true],
  ])('%s: whether its policy acts', (_what, layer, layers, acts) => {
    const { keeper } = keeperOf(layer);
    keeper.hear(layers);
    expect(keeper.inForce(true).acts).toBe(acts);
  });

  it('lays what management sends over what the worker brings along', () => {
    const { keeper } = keeperOf({ profile: 'desktop-vacate', startIdleSeconds: 1000, maxKillSeconds: 20 });
    keeper.hear({ machine: { startIdleSeconds: 1200 } });
    expect(keeper.inForce(true).policy).toMatchObject({ startIdleSeconds: 1200, maxKillSeconds: 20 });
    keeper.hear(undefined);
    expect(keeper.inForce(true).policy.startIdleSeconds).toBe(1200);
    keeper.hear({});
    expect(keeper.inForce(true).policy.startIdleSeconds).toBe(1000);
  });

  it('keeps what was in force when management sends what is wrong, and says so once', () => {
    const { keeper, refused } = keeperOf({ profile: 'desktop-vacate' });
    keeper.hear({ machine: { startIdleSeconds: 1200 } });
    keeper.hear({ machine: { startIdleSeconds: -1 } });
    keeper.hear({ machine: { startIdleSeconds: -1 } });
    expect(refused).toHaveLength(1);
    expect(keeper.inForce(true).policy.startIdleSeconds).toBe(1200);
  });

  it('vacates where the engine can not pause', () => {
    const { keeper } = keeperOf({ profile: 'desktop-suspend' });
    expect(keeper.inForce(true).policy.whenOwnerActive).toBe('suspend');
    expect(keeper.inForce(false).policy.whenOwnerActive).toBe('vacate');
  });

  it.each([
    [10, 30, 3],
    [60, 180, 3],
    [1, 6, 6],
    [2, 3, 2],
  ])(
    'knows the heartbeats that are sent: each %s s, with a lease of %s s',
    (heartbeatSeconds, leaseSeconds, missed) => {
      const { keeper } = keeperOf({ profile: 'dedicated' }, { heartbeatSeconds, leaseSeconds });
      const { policy } = keeper.inForce(true);
      expect([policy.heartbeatSeconds, policy.offlineAfterMissedHeartbeats]).toEqual([
        heartbeatSeconds,
        missed,
      ]);
    },
  );

  it('does not start with a local policy that is wrong', () => {
    expect(() => keeperOf({ profile: 'laptop' })).toThrow('The capacity policy is not right.');
  });
});
