import { describe, expect, it } from '@jest/globals';
import { factsOf } from '#shared/contracts/matching/machine-facts.js';
import type { Machine } from '#shared/domain/machine.js';
import { judgeMachines, whyWaiting } from './judge-placement.js';
import type { KnownMachine } from './machine-book.js';

function known(name: string, more: Partial<Machine> = {}): KnownMachine {
  const machine: Machine = {
    id: name,
    name,
    os: 'linux',
    pool: 'default',
    runtime: 'docker',
    state: 'ready',
    reason: '',
    cores: 8,
    memoryBytes: 2 ** 34,
    slots: 8,
    slotsBusy: 0,
    busySeconds: null,
    attributes: null,
    capacity: null,
    lastSeenAt: new Date(),
    labels: {},
    drain: null,
    revokedAt: null,
    ...more,
  };
  return { machine, facts: factsOf(machine, { labels: machine.labels, profile: 'dedicated' }) };
}

const NO_GPU = 'the machine has no label gpu';

describe('judgeMachines', () => {
  it('puts those that meet the requirements first, the best of them first, and keeps the order of equals', () => {
    const machines = [
      known('a', { cores: 2 }),
      known('b', { labels: { gpu: '' } }),
      known('c', { cores: 32, labels: { gpu: '' } }),
      known('d', { labels: { gpu: '' } }),
    ];
    const judged = judgeMachines({ requirements: '"gpu" in labels', rank: 'cores' }, machines);
    expect(judged.map(({ machine, match, rank }) => [machine.name, match.met, rank])).toEqual([
      ['c', 'yes', 32],
      ['b', 'yes', 8],
      ['d', 'yes', 8],
      ['a', 'no', 2],
    ]);
  });
});

describe('whyWaiting', () => {
  const requirements = '"gpu" in labels';
  const reasonOf = (...machines: readonly KnownMachine[]) =>
    whyWaiting({ requirements }, machines, 'default');

  it.each([
    ['one that meets them is ready', [known('a'), known('b', { labels: { gpu: '' } })]],
    ['no machine is known yet', []],
  ])('says nothing while %s', (_what, machines) => {
    expect(reasonOf(...machines)).toBeNull();
  });

  it('says nothing of a placement without requirements', () => {
    expect(whyWaiting({ rank: 'cores' }, [known('a')], 'default')).toBeNull();
  });

  it('says of each machine why it does not meet them, online or not', () => {
    expect(reasonOf(known('a'), known('b', { state: 'offline' }))).toEqual({
      code: 'NO_MATCHING_MACHINE',
      message:
        `No machine of the pool "default" meets the requirements. a: "gpu" in labels is false: ${NO_GPU}. ` +
        `b: "gpu" in labels is false: ${NO_GPU}. Change the requirements, or add or label a machine.`,
    });
  });

  it('names five of many', () => {
    const message = reasonOf(...Array.from({ length: 7 }, (_, index) => known(`m${index}`)))?.message ?? '';
    expect(message.match(/m\d: /g)).toHaveLength(5);
    expect(message).toContain('. and 2 more. Change');
  });

  it('says which machines it waits for', () => {
    const gpu = { labels: { gpu: '' } };
    expect(
      reasonOf(known('a'), known('b', { ...gpu, state: 'offline' }), known('c', { ...gpu, state: 'owner' })),
    ).toEqual({
      code: 'MATCHING_MACHINES_AWAY',
      message:
        'Of the pool "default" only these machines meet the requirements, and none takes work now: b (offline), c (owner).',
    });
  });
});
