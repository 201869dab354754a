import { describe, expect, it } from '@jest/globals';
import { resolveClassicEntryPoint } from './classic-entry-point.js';

const answer = (text: string) => () => text;

describe('the entry point of a v3 script', () => {
  it.each([
    ['the export itself', answer('self'), undefined, 'self'],
    ['the named one', { a: answer('a'), b: answer('b') }, 'b', 'b'],
    ['the only one', { any: answer('any') }, undefined, 'any'],
    ['run', { a: answer('a'), run: answer('run'), index: answer('index') }, undefined, 'run'],
    ['index', { a: answer('a'), index: answer('index') }, undefined, 'index'],
    ['the default export of a module', { default: answer('default') }, undefined, 'default'],
    [
      'the only one beside what Node adds',
      { a: answer('a'), __esModule: true, 'module.exports': {} },
      undefined,
      'a',
    ],
  ])('is %s', (_which, script, entryPoint, expected) => {
    expect(resolveClassicEntryPoint(script, entryPoint)()).toBe(expected);
  });

  it('has the exports as its `this`', () => {
    const script = {
      name: 'mine',
      run(this: { name: string }) {
        return this.name;
      },
    };
    expect(resolveClassicEntryPoint(script, undefined)()).toBe('mine');
  });

  it.each([
    [{ a: answer('a'), b: answer('b') }, undefined, /name one "run" or "index"/],
    [{ a: answer('a') }, 'b', /exports no function "b"/],
    [{ a: 1 }, undefined, /exports no function/],
    [undefined, undefined, /exports no function/],
  ])('is missing in %p', (script, entryPoint, message) => {
    expect(() => resolveClassicEntryPoint(script, entryPoint)).toThrow(message);
  });
});
