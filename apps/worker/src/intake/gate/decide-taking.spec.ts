import { describe, expect, it } from '@jest/globals';
import { addDuration, emptySketch, type DurationSketch } from '#shared/domain/capacity/duration-sketch.js';
import { decideTaking, TAKE, type TakingFacts, type WorkFacts } from './decide-taking.js';
import type { Need } from './need.js';

function sketchOf(seconds: number, count = 100): DurationSketch {
  const sketch = emptySketch();
  for (let index = 0; index < count; index += 1) addDuration(sketch, seconds);
  return sketch;
}

const CALL: Need = {
  durations: sketchOf(60),
  timeoutSeconds: 300,
  itemsPerCall: 1,
  itemsLeft: 1,
  callsAtOnce: 1,
};
const UNKNOWN: Need = { ...CALL, durations: null, timeoutSeconds: null };
const WORK: WorkFacts = {
  need: CALL,
  isUrgent: false,
  evictions: 0,
  leftMs: 0,
  isMet: true,
  isBetterElsewhere: false,
};
const DESK: TakingFacts = {
  left: { window: Infinity, hours: 7200, idle: 3600 },
  isDedicated: false,
  isDedicatedElsewhere: false,
};
const LEFT = DESK.left;
const SERVER: TakingFacts = {
  ...DESK,
  left: { window: Infinity, hours: Infinity, idle: Infinity },
  isDedicated: true,
};
const left = (seconds: number, evictions = 0): Partial<WorkFacts> => ({ evictions, leftMs: seconds * 1000 });

describe('decideTaking', () => {
  const SHORT = { verdict: 'refuse', reason: 'WINDOW_TOO_SHORT' };
  const DEDICATED = { verdict: 'pass', because: 'DEDICATED_FIRST' };
  const BETTER = { verdict: 'pass', because: 'BETTER_ELSEWHERE' };

  it.each<[string, Partial<WorkFacts>, Partial<TakingFacts>, unknown]>([
    ['fits', {}, {}, TAKE],
    ['fits the window', {}, { left: { ...LEFT, window: 70 } }, TAKE],
    ['does not fit the window', {}, { left: { ...LEFT, window: 50 } }, SHORT],
    ['does not fit the hours', {}, { left: { ...LEFT, hours: 50 } }, SHORT],
    ['does not fit until the owner comes', {}, { left: { ...LEFT, idle: 50 } }, SHORT],
    ['never fits however often it was left', left(100_000), { left: { ...LEFT, idle: 50 } }, SHORT],
    ['finds a window that is over', {}, { left: { ...LEFT, window: 0 } }, SHORT],
    ['finds a window that is over, on a server', {}, { left: { ...SERVER.left, window: -5 } }, SHORT],
    [
      'is known too little, and its time-out does not fit',
      { need: { ...CALL, durations: sketchOf(1, 9) } },
      { left: { ...LEFT, hours: 299 } },
      SHORT,
    ],
    [
      'is known too little, and its time-out fits',
      { need: { ...CALL, durations: sketchOf(1, 9) } },
      { left: { ...LEFT, hours: 301 } },
      TAKE,
    ],
    ['is not known at all', { need: UNKNOWN }, {}, SHORT],
    ['is not known at all, where time does not end', { need: UNKNOWN }, SERVER, TAKE],
    ['is not known at all, and no server took it', { need: UNKNOWN, ...left(15) }, {}, TAKE],
    [
      'is not known at all, and half an hour is not left',
      { need: UNKNOWN, ...left(15) },
      { left: { ...LEFT, idle: 1700 } },
      SHORT,
    ],
    ['is urgent, and the owner may come', { isUrgent: true }, { left: { ...LEFT, idle: 5 } }, SHORT],
    [
      'is urgent, the owner may come, and nobody else takes it',
      { isUrgent: true, ...left(3) },
      { left: { ...LEFT, idle: 5 } },
      TAKE,
    ],
    [
      'is urgent, but the hours end',
      { isUrgent: true, ...left(100) },
      { left: { ...LEFT, hours: 5 } },
      SHORT,
    ],
    [
      'asks for another machine',
      { isMet: false, ...left(100_000) },
      SERVER,
      { verdict: 'refuse', reason: 'IMAGE_INCOMPATIBLE' },
    ],
    ['was evicted twice', left(0, 2), { isDedicatedElsewhere: true }, TAKE],
    ['was evicted three times', left(0, 3), { isDedicatedElsewhere: true }, DEDICATED],
    ['was evicted three times, and was left a while', left(14, 3), { isDedicatedElsewhere: true }, DEDICATED],
    ['was evicted, and left for long enough', left(15, 3), { isDedicatedElsewhere: true }, TAKE],
    ['was evicted, and there is no server', left(0, 7), {}, TAKE],
    ['was evicted, and comes to a server', left(0, 7), { ...SERVER, isDedicatedElsewhere: true }, TAKE],
    ['would be better off elsewhere', { isBetterElsewhere: true }, {}, BETTER],
    [
      'would be better off elsewhere, where nobody takes it',
      { isBetterElsewhere: true, ...left(3) },
      {},
      TAKE,
    ],
    [
      'does not fit, and would be better off elsewhere',
      { isBetterElsewhere: true },
      { left: { ...LEFT, idle: 5 } },
      SHORT,
    ],
  ])('work that %s', (_what, work, machine, taking) => {
    expect(decideTaking({ ...WORK, ...work }, { ...DESK, ...machine })).toEqual(taking);
  });

  describe('of a chunk', () => {
    const CHUNK: Need = {
      durations: sketchOf(2),
      timeoutSeconds: 300,
      itemsPerCall: 1,
      itemsLeft: 1000,
      callsAtOnce: 4,
    };
    const idle = (seconds: number): Partial<TakingFacts> => ({ left: { ...LEFT, idle: seconds } });

    it.each<[string, Partial<Need>, Partial<TakingFacts>, unknown]>([
      ['begins though it does not fit whole', {}, idle(11), TAKE],
      ['does not begin for a few items', {}, idle(9), SHORT],
      ['begins for its last few', { itemsLeft: 6 }, idle(4), TAKE],
      ['does not begin for an item that does not fit', { durations: sketchOf(30) }, idle(20), SHORT],
      ['begins for one that fits', { durations: sketchOf(30) }, idle(33), TAKE],
      ['goes by the time-out where too little is known', { durations: sketchOf(2, 9) }, idle(200), SHORT],
      ['needs time for a whole group', { itemsPerCall: 100, timeoutSeconds: null }, idle(100), SHORT],
      ['has time for a whole group', { itemsPerCall: 100, timeoutSeconds: null }, idle(220), TAKE],
    ])('that %s', (_what, need, machine, taking) => {
      expect(decideTaking({ ...WORK, need: { ...CHUNK, ...need } }, { ...DESK, ...machine })).toEqual(taking);
    });
  });
});
