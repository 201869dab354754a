import { describe, expect, it } from '@jest/globals';
import { decideRemovals, type Memory, type Thing } from './removals.js';

const NOW = new Date('2026-03-01T12:00:00Z');
const ago = (seconds: number): Date => new Date(NOW.getTime() - seconds * 1000);
const DAY = 24 * 3600;
const policy = { now: NOW, graceSeconds: 60 };
const nothing: Memory = { known: new Set(), disowned: new Set() };
const remembered = (known: string[], disowned: string[] = []): Memory => ({
  known: new Set(known),
  disowned: new Set(disowned),
});

const thing = (changes: Partial<Thing>): Thing => ({
  what: 'container',
  id: 'id',
  name: 'name',
  owner: 'thisLife',
  createdAt: ago(3600),
  endedAt: null,
  inUse: false,
  ...changes,
});

describe('decideRemovals', () => {
  it.each<[string, Partial<Thing>, Memory, RegExp | null]>([
    ['ours, known by its name', {}, remembered(['name']), null],
    ['ours, known by its id', {}, remembered(['id']), null],
    ['ours, unknown and old', {}, nothing, /no owner in this worker and is older than 60 s/],
    ['ours, unknown, as old as the grace', { createdAt: ago(60) }, nothing, /no owner/],
    ['ours, unknown, younger than the grace', { createdAt: ago(59) }, nothing, null],
    ['ours, made in our future by the clock', { createdAt: ago(-3600) }, nothing, null],
    [
      'ours, young, its start failed',
      { createdAt: ago(0) },
      remembered([], ['name']),
      /answered with an error/,
    ],
    ['ours, its start failed, and is tried again', {}, remembered(['name'], ['name']), null],
    [
      'of an earlier life, however young',
      { owner: 'earlierLife', createdAt: ago(0) },
      nothing,
      /earlier life/,
    ],
    [
      'of another worker, running for a year',
      { owner: 'otherWorker', createdAt: ago(365 * DAY) },
      nothing,
      null,
    ],
    [
      'of another worker, just ended',
      { owner: 'otherWorker', createdAt: ago(2 * DAY), endedAt: ago(5) },
      nothing,
      null,
    ],
    [
      'of another worker, ended for a day',
      { owner: 'otherWorker', endedAt: ago(DAY) },
      nothing,
      /another worker/,
    ],
    [
      'another worker’s network',
      { what: 'network', owner: 'otherWorker', createdAt: ago(9 * DAY) },
      nothing,
      null,
    ],
    [
      'another worker’s folder',
      { what: 'folder', owner: 'otherWorker', createdAt: ago(9 * DAY) },
      nothing,
      null,
    ],
    ['our network, with containers on it', { what: 'network', inUse: true }, nothing, null],
    ['our network, empty, old', { what: 'network' }, nothing, /no owner/],
    [
      'a shared network, a day old, empty',
      { what: 'network', owner: 'shared', createdAt: ago(DAY) },
      nothing,
      /a day ago/,
    ],
    [
      'a shared network, younger',
      { what: 'network', owner: 'shared', createdAt: ago(DAY - 1) },
      nothing,
      null,
    ],
    [
      'a shared network, in use',
      { what: 'network', owner: 'shared', createdAt: ago(DAY), inUse: true },
      nothing,
      null,
    ],
    [
      'a shared network that we use',
      { what: 'network', owner: 'shared', createdAt: ago(DAY) },
      remembered(['id']),
      null,
    ],
    ['a folder of nobody', { what: 'folder' }, nothing, /no owner/],
    ['a folder that is being filled', { what: 'folder', createdAt: ago(1) }, nothing, null],
  ])('%s', (_what, changes, memory, reason) => {
    const removals = decideRemovals([thing(changes)], memory, policy);
    if (reason === null) expect(removals).toEqual([]);
    else expect(removals).toEqual([{ thing: thing(changes), reason: expect.stringMatching(reason) }]);
  });

  it('looks at each thing by itself', () => {
    const things = [thing({ name: 'a' }), thing({ name: 'b' }), thing({ name: 'c', createdAt: ago(1) })];
    expect(decideRemovals(things, remembered(['a']), policy).map((removal) => removal.thing.name)).toEqual([
      'b',
    ]);
  });
});
