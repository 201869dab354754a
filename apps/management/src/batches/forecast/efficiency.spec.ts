import { describe, expect, it } from '@jest/globals';
import { efficiencyOf, type RunningPace } from './efficiency.js';

const RUN: RunningPace = {
  pace: { itemsPerSecond: 10, seconds: 120 },
  itemsLeft: 10_000,
  meanItemSeconds: 2,
  isLimited: false,
};

describe('efficiencyOf', () => {
  it('is what is at work of what there is room for', () => {
    expect(efficiencyOf([RUN], 40)).toBe(0.5);
    expect(efficiencyOf([RUN, RUN], 40)).toBe(1);
    expect(efficiencyOf([RUN, { ...RUN, itemsLeft: 1 }], 40)).toBe(1);
  });

  it.each<[string, RunningPace[], number]>([
    ['nothing runs', [], 40],
    ['no machine is ready', [RUN], 0],
    ['it has only just begun', [{ ...RUN, pace: { itemsPerSecond: 1, seconds: 59 } }], 40],
    ['nothing has had its outcome', [{ ...RUN, pace: { itemsPerSecond: 0, seconds: 120 } }], 40],
    ['there is too little left to fill the places', [{ ...RUN, itemsLeft: 40 }], 40],
    ['a run is held back by its own limit', [RUN, { ...RUN, isLimited: true }], 40],
    ['its items are not known', [{ ...RUN, meanItemSeconds: null }], 40],
  ])('is taken for whole where %s', (_why, runs, places) => {
    expect(efficiencyOf(runs, places)).toBe(1);
  });

  it('stays within reason', () => {
    expect(efficiencyOf([RUN], 1)).toBe(4);
    expect(efficiencyOf([{ ...RUN, meanItemSeconds: 0.001 }], 1000)).toBe(0.05);
  });
});
