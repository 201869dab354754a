import { describe, expect, it } from '@jest/globals';
import { FairTurns, NO_TURNS, type Turns, type TurnTaker } from './fair-turns.js';

const taker = (id: string, more: Partial<TurnTaker> = {}): TurnTaker => ({
  id,
  appId: 'app',
  batchId: `batch of ${id}`,
  priority: 0,
  appUsage: 0,
  batchUsage: 0,
  ...more,
});

/** How often each of them is next, of so many turns that cost as much as said. */
function shares(
  takers: readonly TurnTaker[],
  turns: number,
  costs: Readonly<Record<string, number>> = {},
  before: Turns = NO_TURNS,
): Record<string, number> {
  const fair = new FairTurns(before, takers);
  const counts: Record<string, number> = {};
  for (let turn = 0; turn < turns; turn += 1) {
    const next = fair.next(takers)!;
    fair.charge(next, costs[next.id] ?? 1);
    counts[next.id] = (counts[next.id] ?? 0) + 1;
  }
  return counts;
}

describe('FairTurns', () => {
  it('has nobody among nobody', () => {
    expect(new FairTurns(NO_TURNS, []).next([])).toBeUndefined();
  });

  it('gives the same to all of the same', () => {
    expect(shares([taker('a'), taker('b'), taker('c')], 300)).toEqual({ a: 100, b: 100, c: 100 });
  });

  it('counts what a turn costs, not turns', () => {
    expect(shares([taker('slow'), taker('quick')], 1100, { slow: 10 })).toEqual({ slow: 100, quick: 1000 });
  });

  it('divides between apps first, then between their batches, then between these batches’ runs', () => {
    const many = Array.from({ length: 8 }, (_, index) =>
      taker(`m${index}`, { appId: 'many', batchId: index < 4 ? 'one' : `b${index}` }),
    );
    const counts = shares([taker('alone', { appId: 'other' }), ...many], 400);
    expect(counts['alone']).toBe(200);
    // Five batches of 40 each; the first has four runs.
    expect(counts['m0']).toBe(10);
    expect(counts['m7']).toBe(40);
  });

  it('gives less to what has had more of late, but a quarter at least', () => {
    const counts = shares([taker('had', { batchUsage: 1e6 }), taker('new', { batchUsage: 0 })], 500);
    expect(counts).toEqual({ had: 100, new: 400 });
  });

  it('gives nearly the same to what has had nearly the same', () => {
    const counts = shares([taker('a', { batchUsage: 110 }), taker('b', { batchUsage: 90 })], 200);
    expect(counts).toEqual({ a: 90, b: 110 });
  });

  it('gives what is new no more than the others from then on', () => {
    const [a, b, late] = [taker('a'), taker('b'), taker('late')];
    const fair = new FairTurns(NO_TURNS, [a, b]);
    for (let turn = 0; turn < 1000; turn += 1) fair.charge(fair.next([a, b])!, 1);
    expect(shares([a, b, late], 300, {}, fair.turns)).toEqual({ a: 100, b: 100, late: 100 });
  });

  it('forgets who is not there any more', () => {
    const fair = new FairTurns(NO_TURNS, [taker('a'), taker('b')]);
    fair.charge(taker('a'), 5);
    expect([...new FairTurns(fair.turns, [taker('b')]).turns.keys()]).not.toContain('run a');
  });
});
