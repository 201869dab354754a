import { describe, expect, it } from '@jest/globals';
import { factsOf } from '#shared/contracts/matching/machine-facts.js';
import { matches } from '#shared/contracts/matching/matching.js';
import { FactsKeeper } from './facts-keeper.js';

const machine = {
  name: 'desk',
  pool: 'office',
  os: 'linux',
  runtime: 'docker',
  cores: 8,
  memoryBytes: 2 ** 34,
} as const;

describe('FactsKeeper', () => {
  it('knows no labels before it was told them, and keeps them while nothing is said', () => {
    const keeper = new FactsKeeper((labels) => factsOf(machine, { labels, profile: 'dedicated' }));
    const met = (): string => matches('labels.site == "berlin"', keeper.facts).met;
    expect(met()).toBe('no');
    keeper.hear({ site: 'berlin' });
    expect(met()).toBe('yes');
    keeper.hear(undefined);
    expect(met()).toBe('yes');
    keeper.hear({ site: 'bonn' });
    expect(met()).toBe('no');
  });

  it('describes the machine once between two heartbeats, and anew after one', () => {
    let looks = 0;
    const keeper = new FactsKeeper((labels) =>
      factsOf({ ...machine, cores: ++looks }, { labels, profile: null }),
    );
    const first = keeper.facts;
    expect(keeper.facts).toBe(first);
    keeper.hear({});
    expect(keeper.facts.cores).toBe(2);
  });
});
