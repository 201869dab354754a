import { describe, expect, it } from '@jest/globals';
import { parsePackageJson } from './package-json.js';

describe('package.json', () => {
  it('names the entry point', () => {
    expect(parsePackageJson('\uFEFF{"main":"src/*.js","type":"module"}')).toEqual({ main: 'src/*.js' });
  });

  it.each(['{}', '{"main":7}', '{"main":""}'])('names none: %s', (text) => {
    expect(parsePackageJson(text).main).toBeUndefined();
  });

  it.each([
    ['[]', /no JSON object/],
    ['null', /no JSON object/],
    ['{', /not valid JSON/],
  ])('is refused: %s', (text, message) => {
    expect(() => parsePackageJson(text)).toThrow(message);
  });
});
