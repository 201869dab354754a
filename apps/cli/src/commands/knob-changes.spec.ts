import { describe, expect, it } from '@jest/globals';
import { UsageError } from '../exit-codes.js';
import { changedKnobs, knobsOf, knobsText } from './knob-changes.js';

describe('changedKnobs', () => {
  it.each([
    ['sets a number', {}, ['a=1'], { a: 1 }],
    ['sets a text', {}, ['timeZone=Europe/Berlin'], { timeZone: 'Europe/Berlin' }],
    ['sets a profile', {}, ['profile=desktop-vacate'], { profile: ['desktop-vacate'] }],
    [
      'sets two',
      {},
      ['profile=desktop-vacate, desktop-hours'],
      { profile: ['desktop-vacate', 'desktop-hours'] },
    ],
    ['sets names', {}, ['exclusiveApps=obs64,teams'], { exclusiveApps: ['obs64', 'teams'] }],
    ['leaves what is no list', {}, ['profile=5'], { profile: 5 }],
    ['sets a list', {}, ['apps=["obs64"]'], { apps: ['obs64'] }],
    ['sets a text with =', {}, ['a=b=c'], { a: 'b=c' }],
    ['replaces one and leaves the others', { a: 1, b: 2 }, ['a=false'], { a: false, b: 2 }],
    ['removes one', { a: 1, b: 2 }, ['a-'], { b: 2 }],
    ['takes them in their order', {}, ['a=1', 'a-', 'b=2'], { b: 2 }],
  ])('%s', (_what, knobs, changes, changed) => {
    expect(changedKnobs(knobs, changes)).toEqual(changed);
  });

  it.each(['a', '=1', '-', 'a b=1'])('does not take %s', (change) => {
    expect(() => changedKnobs({}, [change])).toThrow(UsageError);
  });
});

describe('knobsOf', () => {
  it('takes an object only', () => {
    expect(knobsOf('{"a":1}')).toEqual({ a: 1 });
    for (const text of ['[1]', 'null', '1', 'x', '']) expect(() => knobsOf(text)).toThrow(UsageError);
  });
});

describe('knobsText', () => {
  it('is what sets them again', () => {
    const knobs = {
      a: 1,
      profile: ['desktop-suspend', 'desktop-hours'],
      exclusiveApps: [],
      hours: { monday: '19:00-24:00' },
    };
    expect(changedKnobs({}, knobsText(knobs).split(' '))).toEqual(knobs);
  });
});
