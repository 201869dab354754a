import { describe, expect, it } from '@jest/globals';
import { InvalidInputError } from '#shared/domain/errors.js';
import { decideChange, type RequestedSettings } from './settings-change.js';

const BEFORE = new Map([
  ['KEEP', 'kept'],
  ['Change', 'old'],
  ['GONE', 'x'],
]);

function problemsOf(requested: RequestedSettings): readonly string[] {
  try {
    decideChange(BEFORE, requested, 'merge');
  } catch (error) {
    if (error instanceof InvalidInputError) return [error.message, ...error.details];
    throw error;
  }
  throw new Error('It was accepted.');
}

describe('decideChange', () => {
  it('merges: sets what is named, removes what is null, keeps the rest', () => {
    const { set, remove, values } = decideChange(BEFORE, { Change: 'new', gone: null, ADD: '' }, 'merge');
    expect([...set]).toEqual([
      ['Change', 'new'],
      ['ADD', ''],
    ]);
    expect(remove).toEqual(['GONE']);
    expect(Object.fromEntries(values)).toEqual({ KEEP: 'kept', Change: 'new', ADD: '' });
  });

  it('replaces: what is not named goes', () => {
    const { set, remove, values } = decideChange(BEFORE, { KEEP: 'kept', ADD: '1' }, 'replace');
    expect([...set.keys()]).toEqual(['ADD']);
    expect(remove).toEqual(['Change', 'GONE']);
    expect(Object.fromEntries(values)).toEqual({ KEEP: 'kept', ADD: '1' });
    expect(decideChange(BEFORE, {}, 'replace').values.size).toBe(0);
  });

  it('knows a setting in another case, and goes over to the new spelling', () => {
    const { set, remove, values } = decideChange(BEFORE, { CHANGE: 'old' }, 'merge');
    expect([[...set], remove]).toEqual([[['CHANGE', 'old']], []]);
    expect([...values.keys()].sort()).toEqual(['CHANGE', 'GONE', 'KEEP']);
  });

  it('is nothing when all is as it was', () => {
    const { set, remove } = decideChange(BEFORE, { KEEP: 'kept', NEVER: null }, 'merge');
    expect([set.size, remove]).toEqual([0, []]);
  });

  it('names every field that is wrong, and no value', () => {
    const secret = 'hunter2 hunter2';
    const problems = problemsOf({ WEBSITE_SITE_NAME: secret, [secret]: 'name', BIG: secret.repeat(3000) });
    expect(problems[0]).toBe('3 settings are wrong.');
    expect(problems).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^WEBSITE_SITE_NAME: is set by Nightjar/),
        expect.stringMatching(/^settings: a name may only have letters/),
        expect.stringMatching(/^BIG: a value may have 32767 bytes, this one has 45000/),
      ]),
    );
    expect(JSON.stringify(problems)).not.toContain('hunter2');
    expect(problemsOf({ ONE: '1', one: '2' })[0]).toMatch(/^one: it is there twice \(ONE\)/);
  });

  it('removes also what could not be set today', () => {
    expect(decideChange(new Map([['a b', 'x']]), { 'a b': null }, 'merge').remove).toEqual(['a b']);
  });

  it('bounds all settings together', () => {
    const before = new Map(Array.from({ length: 500 }, (_, index) => [`S${index}`, '']));
    expect(() => decideChange(before, { MORE: '' }, 'merge')).toThrow(/^settings: an app may have 500/);
    expect(decideChange(before, { MORE: '', S0: null }, 'merge').values.size).toBe(500);
  });
});
