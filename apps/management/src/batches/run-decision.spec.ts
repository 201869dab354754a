import { describe, expect, it } from '@jest/globals';
import { decideNext, restMs } from './run-decision.js';
import type { OpenRun, RunAction } from './run-decision.js';

const LIMITS = { chunksInFlight: 4, actionsPerRound: 64 };

const run = (id: string, change: Partial<OpenRun> = {}): OpenRun => ({
  id,
  state: 'running',
  inputReady: true,
  allChunksMade: false,
  openChunks: 0,
  ...change,
});

const short = (actions: readonly RunAction[]): string =>
  actions.map((action) => `${WORDS[action.kind]}${action.runId}`).join(' ');

const WORDS = { openChunk: '', endRun: 'end ', stopRun: 'stop ' } as const;

describe('decideNext', () => {
  const cases: [string, OpenRun[], string][] = [
    ['does nothing without runs', [], ''],
    ['fills a run that has nothing in flight', [run('a')], 'a a a a'],
    ['begins a run that waits', [run('a', { state: 'waiting' })], 'a a a a'],
    ['tops up what has ended', [run('a', { openChunks: 3 })], 'a'],
    ['leaves a run that has enough in flight', [run('a', { openChunks: 4 })], ''],
    ['leaves a run that has more than enough in flight', [run('a', { openChunks: 9 })], ''],
    ['takes turns between runs', [run('a'), run('b')], 'a b a b a b a b'],
    [
      'lets a run catch up that has less in flight',
      [run('a', { openChunks: 3 }), run('b', { openChunks: 1 })],
      'b b a b',
    ],
    ['leaves a run whose last chunks are under way', [run('a', { allChunksMade: true, openChunks: 1 })], ''],
    ['ends a run that has nothing left', [run('a', { allChunksMade: true })], 'end a'],
    [
      'opens nothing of a run that is being cancelled',
      [run('a', { state: 'cancelling', openChunks: 1 })],
      '',
    ],
    ['ends a run that was cancelled and has nothing under way', [run('a', { state: 'cancelling' })], 'end a'],
    ['leaves a run whose time has not come', [run('a', { state: 'scheduled' })], ''],
    ['leaves a run whose input is not made', [run('a', { inputReady: false, allChunksMade: true })], ''],
    [
      'ends a run that was cancelled before its input was made',
      [run('a', { state: 'cancelling', inputReady: false, allChunksMade: true })],
      'end a',
    ],
    [
      'stops a run of which too many items failed, and opens nothing more of it',
      [run('a', { openChunks: 2, tooManyFailures: 'many' })],
      'stop a',
    ],
    [
      'stops such a run where it would have ended',
      [run('a', { allChunksMade: true, tooManyFailures: 'many' })],
      'stop a',
    ],
    [
      'stops before it ends others',
      [run('a', { allChunksMade: true }), run('b', { tooManyFailures: 'many' })],
      'stop b end a',
    ],
    ['ends before it opens', [run('a', { openChunks: 3 }), run('b', { allChunksMade: true })], 'end b a'],
  ];

  it.each(cases)('%s', (_, runs, expected) => {
    expect(short(decideNext(runs, LIMITS, 0))).toBe(expected);
  });

  it('lets another run be first each round', () => {
    const runs = [run('a', { openChunks: 3 }), run('b', { openChunks: 3 }), run('c', { openChunks: 3 })];
    expect([0, 1, 2, 3].map((turn) => short(decideNext(runs, LIMITS, turn)))).toEqual([
      'a b c',
      'b c a',
      'c a b',
      'a b c',
    ]);
  });

  it('keeps a round short however many runs are open', () => {
    const runs = Array.from({ length: 500 }, (_, index) => run(`r${index}`));
    const actions = decideNext(runs, LIMITS, 0);
    expect(actions).toHaveLength(64);
    expect(new Set(actions.map((action) => action.runId)).size).toBe(64);
  });
});

describe('restMs', () => {
  it('is short after a round that did something', () => {
    expect(restMs(100, true, 1)).toBe(25);
  });

  it('grows while there is nothing to do, up to a tenth of a second', () => {
    const rests = [25];
    for (let round = 0; round < 8; round += 1) rests.push(restMs(rests.at(-1)!, false, 1));
    expect(rests.every((rest, index) => index === 0 || rest >= rests[index - 1]!)).toBe(true);
    expect(rests.at(-1)).toBe(100);
  });

  it('is longer with many open runs, and a second at most', () => {
    expect(restMs(10_000, false, 21)).toBe(200);
    expect(restMs(10_000, false, 5000)).toBe(1000);
  });

  it('is a second without open runs', () => {
    expect(restMs(25, false, 0)).toBe(1000);
  });
});
