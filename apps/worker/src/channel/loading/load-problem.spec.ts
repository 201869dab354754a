import { describe, expect, it } from '@jest/globals';
import { loadProblemOf } from './load-problem.js';
import { choosePrimaryScript } from './primary-script.js';

function problem(message: string, stackTrace: string): string | null {
  return loadProblemOf({ status: 0, exception: { message, stackTrace } }, 'Function "f"', '/home/app');
}

describe('loadProblemOf', () => {
  it('is null for a success', () => {
    expect(loadProblemOf({ status: 1 }, 'x', '/app')).toBeNull();
    expect(loadProblemOf(undefined, 'x', '/app')).toBeNull();
  });

  it('names file and line of a syntax error', () => {
    const stack =
      '/home/app/src/hello.js:3\n  }}\n   ^\n\nSyntaxError: Unexpected token\n    at wrap (node:internal)';
    expect(problem('Unexpected token', stack)).toBe('src/hello.js:3: Unexpected token');
  });

  it("names the app's own line, also of an ES module, and not a package's", () => {
    const stack =
      'Error: no\n    at x (/home/app/node_modules/p/i.js:1:2)\n    at file:///home/app/src/a.mjs:7:9\n    at /home/app/b.js:1:1';
    expect(problem('no', stack)).toBe('src/a.mjs:7: no');
  });

  it('shows paths relative to the app, on one line', () => {
    expect(problem("Cannot find module 'x'\nRequire stack:\n- /home/app/a.js", '')).toBe(
      "Cannot find module 'x' Require stack: - a.js",
    );
  });

  it('says who failed when there is nothing else to say', () => {
    expect(problem('', '')).toBe('Function "f" failed without saying why');
  });
});

describe('choosePrimaryScript', () => {
  it.each([
    [['a.js', 'b.js'], 'b.js', 'b.js'],
    [['whatever.js'], undefined, 'whatever.js'],
    [['index.js', 'run.js'], undefined, 'run.js'],
    [['other.js', 'Run.mjs'], undefined, 'Run.mjs'],
    [['other.js', 'index.cjs', 'index.mjs'], undefined, 'index.mjs'],
  ])('chooses from %j with scriptFile %j', (files, scriptFile, script) => {
    expect(choosePrimaryScript(files, scriptFile)).toEqual({ script });
  });

  it.each([[[]], [['a.js', 'b.js']]])('finds none in %j', (files) => {
    expect(choosePrimaryScript(files, undefined)).toHaveProperty('problem');
  });
});
