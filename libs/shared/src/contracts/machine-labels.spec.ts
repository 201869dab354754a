import { describe, expect, it } from '@jest/globals';
import { hasLabel, labelFilterSchema, machineLabelsSchema } from './machine-labels.js';

describe('machineLabelsSchema', () => {
  it.each([
    [{}],
    [{ site: 'berlin', gpu: '', 'team.data-1_x': 'A.b-9' }],
    [Object.fromEntries(Array.from({ length: 32 }, (_, index) => [`l${index}`, 'x']))],
  ])('takes %j', (labels) => {
    expect(machineLabelsSchema.parse(labels)).toEqual(labels);
  });

  it.each([
    [{ Site: 'berlin' }, /lower-case/],
    [{ '': 'x' }, /1 to 63/],
    [{ 'a b': 'x' }, /1 to 63/],
    [{ '-a': 'x' }, /1 to 63/],
    [{ ['a'.repeat(64)]: 'x' }, /1 to 63/],
    [{ site: 'new york' }, /at most 63/],
    [{ site: 'x'.repeat(64) }, /at most 63/],
    [{ site: '-x' }, /begin and end/],
    [{ site: 7 }, /string/],
    [Object.fromEntries(Array.from({ length: 33 }, (_, index) => [`l${index}`, 'x'])), /at most 32 labels/],
  ])('refuses %j', (labels, why) => {
    const parsed = machineLabelsSchema.safeParse(labels);
    expect(JSON.stringify(parsed.error?.issues)).toMatch(why);
  });
});

describe('hasLabel', () => {
  const labels = { site: 'berlin', gpu: '' };
  it.each([
    ['site', true],
    ['site=berlin', true],
    ['site=bonn', false],
    ['site=', false],
    ['gpu', true],
    ['gpu=', true],
    ['rack', false],
    ['constructor', false],
  ])('%s: %s', (filter, expected) => {
    expect(labelFilterSchema.safeParse(filter).success).toBe(true);
    expect(hasLabel(labels, filter)).toBe(expected);
  });

  it('is asked with filters that can be right only', () => {
    expect(labelFilterSchema.safeParse('a=b=c').success).toBe(false);
    for (const none of ['', '=x', 'a'.repeat(64), `a=${'b'.repeat(64)}`, '-a', 'a=b-'])
      expect(labelFilterSchema.safeParse(none).success).toBe(false);
  });
});
