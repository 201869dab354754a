import { describe, expect, it } from '@jest/globals';
import { UsageError } from '../exit-codes.js';
import { changedLabels, labelText } from './labels.js';

describe('changedLabels', () => {
  const before = { site: 'berlin', gpu: '' };
  it.each<[string[], Record<string, string>]>([
    [['rack=7'], { site: 'berlin', gpu: '', rack: '7' }],
    [['site=bonn', 'fast'], { site: 'bonn', gpu: '', fast: '' }],
    [['gpu-'], { site: 'berlin' }],
    [['gpu-', 'site-'], {}],
    [['nothing-'], before],
    [['a-b=c-', 'x=y=z'], { site: 'berlin', gpu: '', 'a-b': 'c-', x: 'y=z' }],
  ])('%j', (changes, expected) => {
    expect(changedLabels(before, changes)).toEqual(expected);
    expect(before).toEqual({ site: 'berlin', gpu: '' });
  });

  it.each([[''], ['=x'], ['-']])('refuses %j', (change) => {
    expect(() => changedLabels(before, [change])).toThrow(UsageError);
  });
});

describe('labelText', () => {
  it('is in order, a name alone where there is no value', () => {
    expect(labelText({ site: 'berlin', gpu: '' })).toBe('gpu, site=berlin');
    expect(labelText({})).toBe('');
  });
});
