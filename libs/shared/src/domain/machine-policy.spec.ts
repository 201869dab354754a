import { describe, expect, it } from '@jest/globals';
import {
  layersOf,
  policiesFor,
  policyKeysFor,
  type PolicyKnobs,
  type PolicyScope,
} from './machine-policy.js';

const policy = (scope: PolicyScope, name: string, knobs: PolicyKnobs = {}) => ({ scope, name, knobs });
const desk = { id: 'desk', pool: 'office', labels: { site: 'berlin', gpu: '' } };

describe('policyKeysFor', () => {
  it('names the machine, its labels with and without their values, and its pool', () => {
    expect(policyKeysFor(desk)).toEqual({
      machine: ['desk'],
      group: ['site', 'site=berlin', 'gpu', 'gpu='],
      pool: ['office'],
    });
  });
});

describe('policiesFor', () => {
  it.each([
    ['its own', policy('machine', 'desk'), true],
    ["another machine's", policy('machine', 'other'), false],
    ['a machine called like its pool', policy('machine', 'office'), false],
    ["its pool's", policy('pool', 'office'), true],
    ["another pool's", policy('pool', 'default'), false],
    ['a label with its value', policy('group', 'site=berlin'), true],
    ['a label with another value', policy('group', 'site=bonn'), false],
    ['a label alone', policy('group', 'gpu'), true],
    ['a label that it has not', policy('group', 'rack'), false],
  ])('%s', (_what, one, applies) => {
    expect(policiesFor([one], desk)).toEqual(applies ? [one] : []);
  });

  it('gives the highest first, groups by name', () => {
    const all = [
      policy('pool', 'office'),
      policy('group', 'site'),
      policy('group', 'gpu'),
      policy('machine', 'desk'),
    ];
    expect(policiesFor(all, desk).map(({ scope, name }) => `${scope} ${name}`)).toEqual([
      'machine desk',
      'group gpu',
      'group site',
      'pool office',
    ]);
  });
});

describe('layersOf', () => {
  it('has no layer where no policy applies', () => {
    expect(layersOf([])).toEqual({});
  });

  it('merges groups knob by knob: the name that sorts first counts, whatever the order they come in', () => {
    const groups = [
      policy('group', 'b', { cpuBusySeconds: 1, hysteresisSeconds: 1 }),
      policy('group', 'a', { cpuBusySeconds: 2 }),
    ];
    const merged = { group: { cpuBusySeconds: 2, hysteresisSeconds: 1 } };
    expect(layersOf(groups)).toEqual(merged);
    expect(layersOf(groups.toReversed())).toEqual(merged);
  });

  it('keeps machine and pool apart', () => {
    expect(
      layersOf([policy('machine', 'x', { cpuCapPercent: 1 }), policy('pool', 'y', { cpuCapPercent: 2 })]),
    ).toEqual({ machine: { cpuCapPercent: 1 }, pool: { cpuCapPercent: 2 } });
  });
});
