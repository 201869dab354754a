import { describe, expect, it } from '@jest/globals';
import {
  evictionsFor,
  findWarm,
  place,
  type ContainerRequest,
  type PlacedContainer,
  type Placement,
} from './placement.js';

const container = (id: string, more: Partial<PlacedContainer> = {}): PlacedContainer => ({
  id,
  key: id,
  shape: 's',
  memoryBytes: 100,
  isStarting: false,
  isOver: false,
  isDraining: false,
  busy: 1,
  lastUsedAtMs: 0,
  ...more,
});
const idle = (id: string, lastUsedAtMs: number): PlacedContainer => container(id, { busy: 0, lastUsedAtMs });
const prewarmed = (id: string, more: Partial<PlacedContainer> = {}): PlacedContainer =>
  container(id, { key: null, busy: 0, ...more });
const want = (key: string, more: Partial<ContainerRequest> = {}): ContainerRequest => ({
  key,
  shape: 's',
  memoryBytes: 100,
  concurrency: 2,
  canSpecialise: true,
  ...more,
});
const start = (...evict: string[]): Placement => ({ action: 'start', evict });
const wait: Placement = { action: 'wait' };

describe('place', () => {
  const cases: readonly (readonly [string, PlacedContainer[], ContainerRequest, number, Placement])[] = [
    ['warm, though it is busy', [container('a')], want('a'), 100, { action: 'use', id: 'a' }],
    ['warm before prewarmed', [prewarmed('p'), idle('a', 1)], want('a'), 900, { action: 'use', id: 'a' }],
    [
      'warm, though still starting',
      [container('a', { isStarting: true })],
      want('a'),
      900,
      { action: 'use', id: 'a' },
    ],
    ['prewarmed before cold', [prewarmed('p')], want('a'), 900, { action: 'specialise', id: 'p' }],
    [
      'prewarmed where there is no room for a cold one',
      [prewarmed('p'), container('b')],
      want('a'),
      200,
      { action: 'specialise', id: 'p' },
    ],
    ['cold: the prewarmed is of another shape', [prewarmed('p', { shape: 'x' })], want('a'), 900, start()],
    [
      'cold: the app must have a start of its own',
      [prewarmed('p')],
      want('a', { canSpecialise: false }),
      900,
      start(),
    ],
    [
      'cold: the prewarmed is still starting',
      [prewarmed('p', { isStarting: true })],
      want('a'),
      900,
      start(),
    ],
    ['cold: the prewarmed has ended', [prewarmed('p', { isOver: true })], want('a'), 900, start()],
    ['cold: the warm one is full', [container('a', { busy: 2 })], want('a'), 900, start()],
    ['cold: the warm one is of another shape', [container('a', { shape: 'x' })], want('a'), 900, start()],
    ['cold: the warm one is ending', [container('a', { isOver: true })], want('a'), 900, start()],
    ['cold: the warm one is to become idle', [container('a', { isDraining: true })], want('a'), 900, start()],
    ['cold: the memory is just enough', [container('b')], want('a'), 200, start()],
    ['evicts the longest unused', [idle('b', 5), idle('c', 3), idle('d', 4)], want('a'), 300, start('c')],
    [
      'evicts as many as it takes',
      [idle('b', 5), idle('c', 3), container('d')],
      want('a', { memoryBytes: 200 }),
      300,
      start('c', 'b'),
    ],
    ['evicts no more than it takes', [idle('b', 5), idle('c', 3)], want('a'), 250, start('c')],
    [
      'evicts a prewarmed one of another shape, after the idle ones',
      [prewarmed('p', { shape: 'x' }), idle('b', 9)],
      want('a', { memoryBytes: 200 }),
      200,
      start('b', 'p'),
    ],
    ['waits: all are busy', [container('b'), container('c')], want('a'), 200, wait],
    ['waits: what is starting stays', [container('b', { busy: 0, isStarting: true })], want('a'), 100, wait],
    [
      'waits, and evicts nothing, when that would not be enough',
      [idle('b', 1), container('c')],
      want('a', { memoryBytes: 250 }),
      300,
      wait,
    ],
    ['waits: nothing is allowed', [], want('a'), 0, wait],
  ];
  it.each(cases)('%s', (_name, containers, request, limit, placement) => {
    expect(place(containers, request, limit)).toEqual(placement);
  });
});

describe('findWarm', () => {
  it('fills one before the next, and prefers one that is ready', () => {
    const one = container('1', { key: 'a', busy: 1 });
    const two = container('2', { key: 'a', busy: 3 });
    const full = container('3', { key: 'a', busy: 5 });
    const starting = container('4', { key: 'a', busy: 4, isStarting: true });
    expect(findWarm([one, two, full, starting], want('a', { concurrency: 5 }))?.id).toBe('2');
    expect(findWarm([full, starting], want('a', { concurrency: 5 }))?.id).toBe('4');
  });
});

describe('evictionsFor', () => {
  it('is nobody while the memory suffices', () => {
    expect(evictionsFor([idle('a', 1)], 100)).toEqual([]);
  });

  it('never names what is busy or starting', () => {
    expect(evictionsFor([container('a'), prewarmed('p', { isStarting: true })], 100)).toBeNull();
  });
});
