import { describe, expect, it } from '@jest/globals';
import type { CapacityReason } from '#shared/domain/capacity/capacity-reason.js';
import type { CapacityState } from '#shared/domain/capacity/capacity-state.js';
import type { Readings } from '#shared/domain/capacity/readings.js';
import {
  BUSY_WORK,
  lookFrom,
  monotonicIn,
  NO_WORK,
  PAUSED_WORK,
  policyOf,
  type Look,
} from '../../../../../test/support/capacity.js';

const GIB = 2 ** 30;
const vacate = policyOf({ profile: 'desktop-vacate' });
const dedicated = policyOf({ profile: 'dedicated' });
const hours = policyOf({ profile: ['desktop-vacate', 'desktop-hours'] });
const DAY_IN_BERLIN = Date.parse('2026-11-18T11:00:00Z');

const never: Partial<Readings> = { owner: { kind: 'never' } };
const input: Partial<Readings> = { inputAgeSeconds: 1 };
const recent: Partial<Readings> = { inputAgeSeconds: 200 };
const drain: Partial<Readings> = { drain: { deadlineMs: null } };
const overdue: Partial<Readings> = { drain: { deadlineMs: monotonicIn(0) } };
const down: Partial<Readings> = { engine: 'down' };
const lost: Partial<Readings> = { contactLostSeconds: 25 };
const busy: Partial<Readings> = { work: BUSY_WORK };
const paused: Partial<Readings> = { work: PAUSED_WORK };
const taken: Partial<Readings> = { work: { ...NO_WORK, claimed: 1 } };
const noRoom: Partial<Readings> = { disk: { totalBytes: 100 * GIB, freeBytes: GIB } };
const muchMemory: Partial<Readings> = {
  memory: { totalBytes: 16 * GIB, foreignBytes: GIB, ownBytes: 10 * GIB },
};

type Row = readonly [CapacityState, string, Look, CapacityState, readonly string[], CapacityReason | null];

/** From a state, in a situation: to a state, with actions, for a reason. */
const TRANSITIONS: readonly Row[] = [
  ['unhealthy', 'the engine is down', { readings: down }, 'unhealthy', [], 'ENGINE_DOWN'],
  ['unhealthy', 'the engine passes', {}, 'owner/idle', [], null],
  ['unhealthy', 'it passes while a drain holds', { readings: drain }, 'drained/idle', [], 'DRAINING'],
  [
    'unhealthy',
    'it holds work',
    { readings: { ...down, ...busy } },
    'preempting/killing',
    ['kill'],
    'ENGINE_DOWN',
  ],
  [
    'unhealthy',
    'quarantined, containers left',
    { quarantined: true, readings: busy },
    'unhealthy',
    ['kill'],
    'QUARANTINED',
  ],
  [
    'unhealthy',
    'quarantined, engine down',
    { quarantined: true, readings: down },
    'unhealthy',
    [],
    'QUARANTINED',
  ],
  ['unhealthy', 'quarantined, all is gone', { quarantined: true }, 'owner/idle', [], null],

  ['owner/idle', 'nothing is against it', {}, 'unclaimed/idle', ['openIntake'], null],
  ['owner/idle', 'somebody was there', { readings: recent }, 'owner/idle', [], 'USER_ACTIVE'],
  [
    'owner/idle',
    'work was taken in between',
    { readings: { ...input, ...busy } },
    'preempting/vacating',
    ['vacate 45'],
    'USER_ACTIVE',
  ],
  ['owner/idle', 'the engine is gone', { readings: down }, 'unhealthy', [], 'ENGINE_DOWN'],
  ['owner/idle', 'contact is lost', { readings: lost }, 'offline', [], 'CONTACT_LOST'],
  ['owner/idle', 'a drain is ordered', { readings: drain }, 'drained/idle', [], 'DRAINING'],

  ['unclaimed/idle', 'nothing happens', {}, 'unclaimed/idle', [], null],
  [
    'unclaimed/idle',
    'all work is refused',
    { readings: { work: { ...NO_WORK, refused: 'WINDOW_TOO_SHORT' } } },
    'unclaimed/idle',
    [],
    'WINDOW_TOO_SHORT',
  ],
  [
    'unclaimed/idle',
    'an image does not fit',
    { readings: { work: { ...NO_WORK, refused: 'IMAGE_INCOMPATIBLE' } } },
    'unclaimed/idle',
    [],
    'IMAGE_INCOMPATIBLE',
  ],
  ['unclaimed/idle', 'work is taken', { readings: taken }, 'claimed/idle', [], null],
  ['unclaimed/idle', 'work runs', { readings: busy }, 'claimed/busy', [], null],
  ['unclaimed/idle', 'the owner comes', { readings: input }, 'owner/idle', ['closeIntake'], 'USER_ACTIVE'],
  [
    'unclaimed/idle',
    'the owner comes as work begins',
    { readings: { ...input, ...busy } },
    'claimed/suspended',
    ['closeIntake', 'suspend'],
    'USER_ACTIVE',
  ],
  [
    'unclaimed/idle',
    'somebody connects from afar',
    { readings: { rdpSessions: 1 } },
    'owner/idle',
    ['closeIntake'],
    'RDP_SESSION',
  ],
  ['unclaimed/idle', 'a drain is ordered', { readings: drain }, 'drained/idle', ['closeIntake'], 'DRAINING'],
  ['unclaimed/idle', 'the engine is gone', { readings: down }, 'unhealthy', ['closeIntake'], 'ENGINE_DOWN'],
  ['unclaimed/idle', 'contact is lost', { readings: lost }, 'offline', ['closeIntake'], 'CONTACT_LOST'],

  ['claimed/idle', 'work runs', { readings: busy }, 'claimed/busy', [], null],
  ['claimed/idle', 'work is gone', {}, 'unclaimed/idle', [], null],
  ['claimed/busy', 'work ends', {}, 'unclaimed/idle', [], null],
  [
    'claimed/busy',
    'work ends as the owner comes',
    { readings: input },
    'owner/idle',
    ['closeIntake'],
    'USER_ACTIVE',
  ],
  ['claimed/busy', 'the next piece is not there yet', { readings: taken }, 'claimed/idle', [], null],
  [
    'claimed/busy',
    'the owner comes',
    { readings: { ...busy, ...input } },
    'claimed/suspended',
    ['closeIntake', 'suspend'],
    'USER_ACTIVE',
  ],
  [
    'claimed/busy',
    'the owner comes, to vacate',
    { policy: vacate, readings: { ...busy, ...input } },
    'preempting/vacating',
    ['closeIntake', 'vacate 45'],
    'USER_ACTIVE',
  ],
  [
    'claimed/busy',
    'the owner of a server comes',
    { policy: dedicated, readings: { ...busy, ...input, rdpSessions: 2 } },
    'claimed/busy',
    [],
    null,
  ],
  [
    'claimed/busy',
    'the owner snoozes',
    { readings: { ...busy, owner: { kind: 'snoozed', untilMs: monotonicIn(1) } } },
    'preempting/vacating',
    ['closeIntake', 'vacate 45'],
    'USER_REQUEST',
  ],
  [
    'claimed/busy',
    'the owner says never, sitting there',
    { readings: { ...busy, ...input, ...never } },
    'claimed/suspended',
    ['closeIntake', 'suspend'],
    'USER_REQUEST',
  ],
  [
    'claimed/busy',
    'the owner of a server says never',
    { policy: dedicated, readings: { ...busy, ...never } },
    'preempting/vacating',
    ['closeIntake', 'vacate 600'],
    'USER_REQUEST',
  ],
  [
    'claimed/busy',
    'the plug is pulled',
    { readings: { ...busy, power: 'battery' } },
    'claimed/suspended',
    ['closeIntake', 'suspend'],
    'BATTERIES',
  ],
  [
    'claimed/busy',
    'a server’s plug is pulled',
    { policy: dedicated, readings: { ...busy, power: 'battery' } },
    'preempting/vacating',
    ['closeIntake', 'vacate 600'],
    'BATTERIES',
  ],
  [
    'claimed/busy',
    'the disk fills',
    { readings: { ...busy, ...noRoom } },
    'preempting/vacating',
    ['closeIntake', 'vacate 45'],
    'DISK_SIZE',
  ],
  [
    'claimed/busy',
    'memory is short as somebody is there',
    { readings: { ...busy, ...muchMemory, ...input } },
    'claimed/suspended',
    ['closeIntake', 'suspend'],
    'MEMORY_USAGE',
  ],
  [
    'claimed/busy',
    'the hours are over',
    { policy: hours, utcMs: DAY_IN_BERLIN, readings: busy },
    'preempting/vacating',
    ['closeIntake', 'vacate 45'],
    'TIME_OF_DAY',
  ],
  [
    'claimed/busy',
    'nobody knows the time',
    { policy: hours, utcMs: 'unknown', readings: busy },
    'preempting/vacating',
    ['closeIntake', 'vacate 45'],
    'TIME_OF_DAY',
  ],
  [
    'claimed/busy',
    'nobody needs to know the time',
    { policy: vacate, utcMs: 'unknown', readings: busy },
    'claimed/busy',
    [],
    null,
  ],
  [
    'claimed/busy',
    'a drain is ordered',
    { readings: { ...busy, ...drain } },
    'drained/retiring',
    ['closeIntake'],
    'DRAINING',
  ],
  [
    'claimed/busy',
    'the engine is gone',
    { readings: { ...busy, ...down } },
    'preempting/killing',
    ['closeIntake', 'kill'],
    'ENGINE_DOWN',
  ],
  [
    'claimed/busy',
    'contact is lost',
    { readings: { ...busy, ...lost } },
    'preempting/killing',
    ['closeIntake', 'kill'],
    'CONTACT_LOST',
  ],
  [
    'claimed/busy',
    'foreign load rises',
    { loadBusySeconds: 5, readings: { ...busy, foreignCpuPercent: 90 } },
    'claimed/retiring',
    ['closeIntake'],
    'CPU_USAGE',
  ],

  [
    'claimed/suspended',
    'the owner works',
    { secondsInState: 60, readings: { ...paused, ...input } },
    'claimed/suspended',
    [],
    'USER_ACTIVE',
  ],
  [
    'claimed/suspended',
    'something still runs',
    { secondsInState: 2, readings: { ...busy, ...input } },
    'claimed/suspended',
    ['suspend'],
    'USER_ACTIVE',
  ],
  [
    'claimed/suspended',
    'the pause does not take',
    { secondsInState: 5, readings: { ...busy, ...input } },
    'preempting/vacating',
    ['vacate 0'],
    'USER_ACTIVE',
  ],
  [
    'claimed/suspended',
    'the owner is long away',
    { secondsInState: 400, readings: paused },
    'claimed/busy',
    ['openIntake', 'continue'],
    null,
  ],
  [
    'claimed/suspended',
    'the owner is away, load is not',
    { secondsInState: 60, loadBusySeconds: 5, readings: { ...paused, foreignCpuPercent: 40 } },
    'claimed/suspended',
    [],
    'CPU_USAGE',
  ],
  [
    'claimed/suspended',
    'the hours end soon',
    {
      policy: policyOf({ profile: ['desktop-suspend', 'desktop-hours'] }),
      utcMs: Date.parse('2026-11-18T05:40:00Z'),
      secondsInState: 60,
      readings: paused,
    },
    'claimed/retiring',
    ['continue'],
    'TIME_OF_DAY',
  ],
  [
    'claimed/suspended',
    'a drain is ordered',
    { secondsInState: 60, readings: { ...paused, ...drain, ...input } },
    'preempting/vacating',
    ['vacate 0'],
    'USER_ACTIVE',
  ],
  [
    'claimed/suspended',
    'memory is short',
    { secondsInState: 1, readings: { ...paused, ...muchMemory, ...input } },
    'preempting/vacating',
    ['vacate 0'],
    'MEMORY_USAGE',
  ],
  [
    'claimed/suspended',
    'the engine is gone',
    { secondsInState: 60, readings: { ...paused, ...down } },
    'preempting/killing',
    ['kill'],
    'ENGINE_DOWN',
  ],
  ['claimed/suspended', 'its work is gone', { readings: input }, 'owner/idle', [], 'USER_ACTIVE'],

  ['claimed/retiring', 'work ends', {}, 'owner/idle', [], null],
  ['claimed/retiring', 'load is gone', { readings: busy }, 'claimed/busy', ['openIntake'], null],
  [
    'claimed/retiring',
    'load is gone only just now',
    { secondsInState: 9, readings: busy },
    'claimed/retiring',
    [],
    null,
  ],
  [
    'claimed/retiring',
    'the owner comes',
    { readings: { ...busy, ...input } },
    'claimed/suspended',
    ['suspend'],
    'USER_ACTIVE',
  ],

  [
    'drained/retiring',
    'work goes on',
    { readings: { ...busy, ...drain } },
    'drained/retiring',
    [],
    'DRAINING',
  ],
  [
    'drained/retiring',
    'the deadline is there',
    { readings: { ...busy, ...overdue } },
    'preempting/vacating',
    ['vacate 45'],
    'DRAINING',
  ],
  [
    'drained/retiring',
    'the owner comes',
    { readings: { ...busy, ...drain, ...input } },
    'claimed/suspended',
    ['suspend'],
    'USER_ACTIVE',
  ],
  [
    'drained/retiring',
    'the owner comes after the deadline',
    { readings: { ...busy, ...overdue, ...input } },
    'claimed/suspended',
    ['suspend'],
    'DRAINING',
  ],
  ['drained/retiring', 'work ends', { readings: drain }, 'drained/idle', [], 'DRAINING'],
  ['drained/retiring', 'the order is lifted', { readings: busy }, 'claimed/busy', ['openIntake'], null],
  ['drained/idle', 'the order stands', { readings: overdue }, 'drained/idle', [], 'DRAINING'],
  [
    'drained/idle',
    'the owner says never too',
    { readings: { ...drain, ...never } },
    'drained/idle',
    [],
    'USER_REQUEST',
  ],
  ['drained/idle', 'the order is lifted', {}, 'owner/idle', [], null],

  ['preempting/vacating', 'all is handed in', { readings: input }, 'owner/idle', [], 'USER_ACTIVE'],
  [
    'preempting/vacating',
    'the owner leaves again',
    { secondsInState: 5, readings: busy },
    'preempting/vacating',
    [],
    null,
  ],
  [
    'preempting/vacating',
    'contact is lost',
    { secondsInState: 5, readings: { ...busy, ...lost } },
    'preempting/killing',
    ['kill'],
    null,
  ],
  ['preempting/vacating', 'all is gone, by a drain', { readings: overdue }, 'drained/idle', [], 'DRAINING'],
  [
    'preempting/killing',
    'something is left',
    { secondsInState: 5, readings: busy },
    'preempting/killing',
    ['kill'],
    null,
  ],
  [
    'preempting/killing',
    'something stays',
    { secondsInState: 30, readings: busy },
    'unhealthy',
    ['quarantine'],
    'QUARANTINED',
  ],
  [
    'preempting/killing',
    'all is gone, and the engine',
    { secondsInState: 30, readings: down },
    'unhealthy',
    [],
    'ENGINE_DOWN',
  ],
  [
    'preempting/killing',
    'all is gone, and contact',
    { secondsInState: 5, readings: lost },
    'offline',
    [],
    'CONTACT_LOST',
  ],

  ['offline', 'contact stays lost', { readings: lost }, 'offline', [], 'CONTACT_LOST'],
  ['offline', 'contact is back', {}, 'owner/idle', [], null],
];

describe('from', () => {
  it.each(TRANSITIONS)('%s, when %s', (from, _when, look, state, actions, reason) => {
    const decision = lookFrom(from, look);
    const told = decision.actions.map((action) =>
      action.kind === 'vacate' ? `vacate ${action.graceSeconds}` : action.kind,
    );
    expect([decision.status.state, told, decision.reason]).toEqual([state, actions, reason]);
  });

  it('every state there is a row', () => {
    const states = new Set(TRANSITIONS.map(([from]) => from));
    expect(states.size).toBe(12);
    expect(new Set(TRANSITIONS.map(([, , , to]) => to)).size).toBe(12);
  });
});

describe('a reason', () => {
  it('of leaving work stays until it has left, whatever comes meanwhile', () => {
    const first = lookFrom('claimed/busy', { policy: vacate, readings: { ...busy, ...input } });
    const readings = { work: BUSY_WORK, power: 'battery' as const };
    expect(first.reason).toBe('USER_ACTIVE');
    const kept = lookFrom('preempting/vacating', {
      policy: vacate,
      secondsInState: 5,
      readings,
      reason: first.reason,
    });
    expect(kept.reason).toBe('USER_ACTIVE');
  });

  // Each against all that has less authority and demands as much.
  it.each([
    [{ ...never, ...overdue, ...noRoom }, 'USER_REQUEST'],
    [{ ...overdue, ...noRoom, inputAgeSeconds: 1 }, 'DRAINING'],
    [{ power: 'battery', exclusiveApp: 'game', inputAgeSeconds: 1 }, 'BATTERIES'],
    [{ exclusiveApp: 'game', inputAgeSeconds: 1, rdpSessions: 1 }, 'EXCLUSIVE_APP'],
    [noRoom, 'DISK_SIZE'],
    [{ rdpSessions: 1, inputAgeSeconds: 1, foreignCpuPercent: 99 }, 'RDP_SESSION'],
    [{ inputAgeSeconds: 1, foreignCpuPercent: 99 }, 'USER_ACTIVE'],
    [{ inputAgeSeconds: 200, foreignCpuPercent: 99 }, 'USER_ACTIVE'],
    [{ foreignCpuPercent: 99 }, 'CPU_USAGE'],
  ] as const)('of authority goes before others: %j is %s', (readings, reason) => {
    const policy = policyOf({ exclusiveApps: ['game'] });
    expect(lookFrom('owner/idle', { policy, readings }).reason).toBe(reason);
  });

  it('is the time of day before idleness, and disk before the time of day', () => {
    const look = { policy: hours, utcMs: DAY_IN_BERLIN };
    expect(lookFrom('owner/idle', { ...look, readings: input }).reason).toBe('TIME_OF_DAY');
    expect(lookFrom('owner/idle', { ...look, readings: noRoom }).reason).toBe('DISK_SIZE');
  });
});
