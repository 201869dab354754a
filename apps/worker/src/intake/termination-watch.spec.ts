import { once } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { TerminationWatch } from './termination-watch.js';

const POLL_MS = 2;

/** A store in which runs are terminated; it counts how often it is asked. */
class Runs {
  readonly terminated = new Set<string>();
  asked: (readonly string[])[] = [];
  isAway = false;

  async terminatedRuns(ids: readonly string[]): Promise<readonly string[]> {
    this.asked.push(ids);
    if (this.isAway) throw new Error('SQL is away.');
    return ids.filter((id) => this.terminated.has(id));
  }

  async untilAsked(times: number): Promise<void> {
    const until = this.asked.length + times;
    while (this.asked.length < until) await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

describe('TerminationWatch', () => {
  it('tells the chunks of a run that is terminated, and no others', async () => {
    const runs = new Runs();
    const watch = new TerminationWatch(runs, POLL_MS);
    const [one, two, other] = [watch.watch('a'), watch.watch('a'), watch.watch('b')];
    runs.terminated.add('a');
    await once(one.signal, 'abort');
    expect([one, two, other].map(({ signal }) => signal.aborted)).toEqual([true, true, false]);
    for (const each of [one, two, other]) each.end();
  });

  it('asks only while something is under way', async () => {
    const runs = new Runs();
    const watch = new TerminationWatch(runs, POLL_MS);
    const [one, two] = [watch.watch('a'), watch.watch('b')];
    await runs.untilAsked(2);
    one.end();
    one.end();
    await runs.untilAsked(2);
    expect(runs.asked.at(-1)).toEqual(['b']);
    two.end();
    const asked = runs.asked.length;
    // A new watch polls at the same pace: by its third question an old timer would have asked as well.
    const again = watch.watch('c');
    await runs.untilAsked(3);
    again.end();
    expect(runs.asked.slice(asked).every((ids) => ids.join() === 'c')).toBe(true);
  });

  it('asks again after the database was away', async () => {
    const runs = new Runs();
    const watch = new TerminationWatch(runs, POLL_MS);
    const one = watch.watch('a');
    runs.isAway = true;
    await runs.untilAsked(2);
    runs.isAway = false;
    runs.terminated.add('a');
    await once(one.signal, 'abort');
    one.end();
  });
});
