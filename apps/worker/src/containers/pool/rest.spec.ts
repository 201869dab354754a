import { describe, expect, it } from '@jest/globals';
import { Rest } from './rest.js';

function restOf(fails: readonly string[] = []): { rest: Rest; done: string[]; letGo: () => void } {
  const done: string[] = [];
  const gate = Promise.withResolvers<void>();
  const order = (name: string) => async (): Promise<void> => {
    await gate.promise;
    done.push(name);
    if (fails.includes(name)) throw new Error(`${name} failed`);
  };
  return { rest: new Rest({ pause: order('pause'), resume: order('resume') }), done, letGo: gate.resolve };
}

describe('Rest', () => {
  it('asks nothing of the engine while it is awake', async () => {
    const { rest, done } = restOf();
    await rest.resume();
    expect(done).toEqual([]);
  });

  it('resumes after a pause that was still under way, once for all who wait', async () => {
    const { rest, done, letGo } = restOf();
    const paused = rest.pause();
    expect(rest.isPaused).toBe(true);
    const [one, other] = [rest.resume(), rest.resume()];
    expect(rest.isPaused).toBe(false);
    letGo();
    await Promise.all([paused, one, other]);
    expect(done).toEqual(['pause', 'resume']);
  });

  it('is of no use after an order that failed', async () => {
    const { rest, letGo } = restOf(['pause']);
    letGo();
    await expect(rest.pause()).rejects.toThrow('pause failed');
    await expect(rest.resume()).rejects.toThrow('pause failed');
    await expect(rest.resume()).rejects.toThrow('pause failed');
  });
});
