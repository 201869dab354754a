import { describe, expect, it } from '@jest/globals';
import { locateSyntaxError, locationIn } from './error-location.js';

function errorWithStack(stack: string, type: ErrorConstructor = Error): Error {
  const error = new type('x');
  error.stack = stack;
  return error;
}

describe('the place that an error points at', () => {
  it.each([
    ['Error: x\n    at f (/app/src/a.js:7:3)\n    at /app/b.js:1:1', 'src/a.js:7'],
    ['/app/a.cjs:2\nconst b = ;\n\nSyntaxError: x', 'a.cjs:2'],
    ['Error: x\n    at file:///app/a.mjs:3:9', 'a.mjs:3'],
    ['Error: x\n    at /app/node_modules/l/a.js:7:3\n    at f (/app/b.js:1:1)', 'b.js:1'],
    ['Error: x\n    at node:internal/modules:1:1', undefined],
    ['Error: x\n    at f (/application/a.js:7:3)', undefined],
  ])('is read from %j', (stack, location) => {
    expect(locationIn('/app', errorWithStack(stack))).toBe(location);
  });

  it('is left alone where the error is no syntax error of a module', async () => {
    for (const error of [
      errorWithStack('Error: x'),
      errorWithStack('SyntaxError: JSON', SyntaxError),
      'text',
    ]) {
      const before = error instanceof Error ? error.stack : error;
      await locateSyntaxError(error, ['/app/a.mjs']);
      expect(error instanceof Error ? error.stack : error).toBe(before);
    }
  });
});
