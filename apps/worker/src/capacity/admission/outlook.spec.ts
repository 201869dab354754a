import { describe, expect, it } from '@jest/globals';
import type { Readings } from '#shared/domain/capacity/readings.js';
import { IDLE_READINGS, policyOf } from '../../../../../test/support/capacity.js';
import { initialStatus } from '../policy/status.js';
import type { View } from '../policy/view.js';
import type { Presence } from './idle-book.js';
import { Outlook } from './outlook.js';

/** Wednesday, 2:00 in Berlin. */
const NIGHT = Date.parse('2026-11-18T01:00:00Z');

function viewOf(
  layer: Readonly<Record<string, unknown>>,
  readings: Partial<Readings> = {},
  utcMs: number | 'unknown' = NIGHT,
): View {
  const now = { monotonicMs: 1_000_000, utcMs };
  return {
    status: initialStatus(now),
    readings: { ...IDLE_READINGS, ...readings },
    policy: policyOf(layer),
    now,
  };
}

describe('Outlook', () => {
  const setUp = () => {
    const world = { nowMs: 1_000_000, noted: [] as Presence[] };
    const book = {
      note: (presence: Presence) => void world.noted.push(presence),
      expectedSeconds: () => 7200,
    };
    return { world, outlook: new Outlook(book, () => world.nowMs) };
  };

  it('has no end before the first look, and none on a machine that rests', () => {
    const { outlook } = setUp();
    expect(outlook.left).toEqual({ hours: Infinity, idle: Infinity });
    outlook.look(viewOf({ profile: 'desktop-vacate' }));
    outlook.look(null);
    expect(outlook.left).toEqual({ hours: Infinity, idle: Infinity });
  });

  it('ends when evicting begins before the end of the hours, and when the owner is expected', () => {
    const { world, outlook } = setUp();
    const hours = { tuesday: '19:00-06:00' };
    outlook.look(viewOf({ profile: 'desktop-vacate', hours, evictBeforeEndSeconds: 600 }));
    expect(outlook.left).toEqual({ hours: 4 * 3600 - 600, idle: 7200 });
    world.nowMs += 100_000;
    expect(outlook.left).toEqual({ hours: 4 * 3600 - 700, idle: 7100 });
    world.nowMs += 1e9;
    expect(outlook.left).toEqual({ hours: 0, idle: 0 });
  });

  it('expects no owner where none counts', () => {
    const { world, outlook } = setUp();
    outlook.look(viewOf({ profile: 'background' }));
    expect(outlook.left).toEqual({ hours: Infinity, idle: Infinity });
    expect(world.noted).toEqual([]);
  });

  it('has no time where the time is not known and an end may come', () => {
    const { outlook } = setUp();
    outlook.look(viewOf({ profile: 'desktop-vacate', hours: { tuesday: '19:00-06:00' } }, {}, 'unknown'));
    expect(outlook.left).toEqual({ hours: 0, idle: 0 });
  });

  it.each<[string, Partial<Readings>, boolean[]]>([
    ['nobody', {}, [false]],
    ['somebody who types', { inputAgeSeconds: 1 }, [true]],
    ['somebody from afar', { rdpSessions: 1 }, [true]],
    ['what it can not see', { inputAgeSeconds: 'unknown' }, []],
    ['sessions that it can not see', { rdpSessions: 'unknown' }, []],
  ])('learns of %s', (_who, readings, expected) => {
    const { world, outlook } = setUp();
    outlook.look(viewOf({ profile: 'desktop-suspend' }, readings));
    expect(world.noted.map(({ isOwnerThere }) => isOwnerThere)).toEqual(expected);
  });
});
