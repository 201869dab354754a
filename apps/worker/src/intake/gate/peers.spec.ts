import { beforeEach, describe, expect, it } from '@jest/globals';
import { factsOf } from '#shared/contracts/matching/machine-facts.js';
import type { Machine } from '#shared/domain/machine.js';
import { Peers } from './peers.js';

const SELF = { id: 'self', pool: 'office', os: 'linux' } as const;

function machine(id: string, differs: Partial<Machine> = {}, profile = 'desktop-vacate'): Machine {
  const attributes = {
    osBuild: null,
    isolation: null,
    engineVersion: null,
    profile,
  } as Machine['attributes'];
  const base = { ...SELF, id, name: id, runtime: 'docker', state: 'ready', cores: 4, memoryBytes: 2 ** 33 };
  return { ...base, slots: 4, slotsBusy: 0, labels: {}, attributes, ...differs } as Machine;
}

const OWN = factsOf(machine('self'), { labels: {}, profile: 'desktop-vacate' });

describe('Peers', () => {
  let machines: Machine[];
  let reads: number;
  let nowMs: number;
  let troubles: unknown[];
  const peers = (): Peers =>
    new Peers(
      {
        list: async () => {
          reads += 1;
          return machines;
        },
      },
      SELF,
      (error) => troubles.push(error),
      () => nowMs,
    );
  beforeEach(() => {
    [machines, reads, nowMs, troubles] = [[], 0, 0, []];
  });

  it.each<[string, Machine, boolean]>([
    ['a server', machine('a', {}, 'dedicated'), true],
    ['a server that is full: it will have room', machine('a', { slotsBusy: 4 }, 'dedicated'), true],
    ['a desktop', machine('a'), false],
    ['a server that is away', machine('a', { state: 'offline' }, 'dedicated'), false],
    ['a server of another pool', machine('a', { pool: 'lab' }, 'dedicated'), false],
    ['a server with another system', machine('a', { os: 'windows' }, 'dedicated'), false],
    ['this machine itself', machine('self', {}, 'dedicated'), false],
    ['a worker that does not say', machine('a', { attributes: null }), false],
  ])('finds out whether there is a dedicated machine: %s', async (_what, one, expected) => {
    machines = [machine('b'), one];
    expect(await peers().hasDedicated()).toBe(expected);
  });

  it.each<[string, Machine, boolean]>([
    ['a larger one with room', machine('a', { cores: 8 }), true],
    ['a larger one without room', machine('a', { cores: 8, slotsBusy: 4 }), false],
    ['an equal one', machine('a'), false],
    ['a larger one that does not meet the requirements', machine('a', { cores: 8, memoryBytes: 2 }), false],
  ])('finds out whether one is better: %s', async (_what, one, expected) => {
    machines = [one];
    const work = { rank: 'cores', requirements: ['memoryBytes >= 4 * GiB'] };
    expect(await peers().hasBetter(work, OWN)).toBe(expected);
  });

  it('looks again after ten seconds, and knows of none while SQL is away', async () => {
    const one = peers();
    await Promise.all([one.hasDedicated(), one.hasDedicated()]);
    expect(reads).toBe(1);
    machines = [machine('a', {}, 'dedicated')];
    nowMs = 10_001;
    expect(await one.hasDedicated()).toBe(true);
    const blind = new Peers({ list: () => Promise.reject(new Error('away')) }, SELF, (error) =>
      troubles.push(error),
    );
    expect(await blind.hasDedicated()).toBe(false);
    expect(troubles).toHaveLength(1);
  });
});
