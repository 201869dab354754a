import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { MicroBatch, NotCommittedError } from './micro-batch.js';

const quiet = { onCommitFailed: () => undefined };

describe('MicroBatch', () => {
  it('commits what comes together in one go, and answers each with its own', async () => {
    const commits: number[][] = [];
    const batch = new MicroBatch<number, string>((items) => {
      commits.push([...items]);
      return Promise.resolve(items.map((item) => `answer ${item}`));
    }, quiet);
    expect(await Promise.all([1, 2, 3].map((item) => batch.add(item)))).toEqual([
      'answer 1',
      'answer 2',
      'answer 3',
    ]);
    expect(commits).toEqual([[1, 2, 3]]);
  });

  it('gathers while a commit is under way', async () => {
    const commits: number[][] = [];
    const batch = new MicroBatch<number, number>(async (items) => {
      commits.push([...items]);
      await delay(20);
      return items;
    }, quiet);
    const first = batch.add(1);
    while (commits.length === 0) await delay(1);
    await Promise.all([first, batch.add(2), batch.add(3)]);
    expect(commits).toEqual([[1], [2, 3]]);
  });

  it('tries again until the database takes it, and tells how long it has been stuck', async () => {
    let failuresLeft = 2;
    const failures: number[] = [];
    const batch = new MicroBatch<number, number>(
      (items) => (failuresLeft-- > 0 ? Promise.reject(new Error('away')) : Promise.resolve(items)),
      { onCommitFailed: (_error, tries) => failures.push(tries) },
    );
    const committed = batch.add(1);
    await delay(50);
    expect(batch.stuckSeconds).toBeGreaterThan(0);
    expect(await committed).toBe(1);
    expect(failures).toEqual([1, 2]);
    expect(batch.stuckSeconds).toBe(0);
  });

  it('does not let one item that is never taken hold back the others', async () => {
    const batch = new MicroBatch<string, string>(
      (items) => (items.includes('bad') ? Promise.reject(new Error('bad row')) : Promise.resolve(items)),
      quiet,
    );
    const bad = expect(batch.add('bad')).rejects.toThrow('bad row');
    expect(await batch.add('good')).toBe('good');
    await bad;
    expect(await batch.add('later')).toBe('later');
  }, 15_000);

  it('gives up at the end of the grace, and says so to those who wait', async () => {
    const batch = new MicroBatch<number, number>(() => Promise.reject(new Error('away')), quiet);
    const waiting = batch.add(1);
    const failed = expect(waiting).rejects.toThrow(NotCommittedError);
    await batch.close(0.05);
    await failed;
  });
});
