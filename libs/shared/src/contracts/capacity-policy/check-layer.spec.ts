import { describe, expect, it } from '@jest/globals';
import { InvalidInputError } from '../../domain/errors.js';
import { checkPolicyLayer } from './check-layer.js';

const problemsOf = (layer: unknown): readonly string[] => {
  try {
    checkPolicyLayer('pool', layer);
  } catch (error) {
    if (error instanceof InvalidInputError) return error.details;
    throw error;
  }
  return [];
};

describe('checkPolicyLayer', () => {
  it.each([
    ['nothing', {}],
    ['one knob', { startIdleSeconds: 60 }],
    ['a knob that would clash only with a default', { maxVacateSeconds: 600 }],
    ['hours', { profile: ['desktop-vacate', 'desktop-hours'], hours: { monday: '19:00-24:00' } }],
  ])('takes %s', (_what, layer) => {
    expect(problemsOf(layer)).toEqual([]);
  });

  it.each([
    ['a number over its limit', { cpuCapPercent: 101 }, /^pool\.cpuCapPercent: must be .* from 1 to 100/],
    ['a knob that there is not', { cpuCap: 1 }, /^pool: there is no knob "cpuCap"/],
    ['a profile that there is not', { profile: 'lazy' }, /^pool\.profile.*must be one of dedicated/],
    ['something else', [1], /^pool: must be an object of knobs/],
    [
      'two knobs that contradict each other',
      { foreignCpuIdlePercent: 60, foreignCpuBusyPercent: 50 },
      /^foreignCpuIdlePercent 60 \(pool\) and foreignCpuBusyPercent 50 \(pool\): idle must lie below busy/,
    ],
    [
      'an owner who would wait too long',
      { whenOwnerActive: 'vacate', maxVacateSeconds: 600 },
      /^whenOwnerActive "vacate" \(pool\) and maxVacateSeconds 600 \(pool\)/,
    ],
  ])('refuses %s', (_what, layer, problem) => {
    expect(problemsOf(layer)).toEqual([expect.stringMatching(problem)]);
  });
});
