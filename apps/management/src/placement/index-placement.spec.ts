import { expect, it } from '@jest/globals';
import { expressionProblems } from '#shared/contracts/matching/matching.js';
import { indexPlacement } from './index-placement.js';

const linux = { requirements: 'os == "linux"' };
const large = { requirements: 'cores >= 4', rank: 'cores' };

it.each([
  ['no function', [], undefined],
  ['one that runs anywhere', [undefined], undefined],
  ['one that only has a rank', [{ rank: 'cores' }], undefined],
  ['one of two that runs anywhere', [linux, undefined], undefined],
  ['all with the same', [linux, linux], 'os == "linux"'],
  ['different ones', [linux, large], '(os == "linux") || (cores >= 4)'],
])('looks into an app with %s where one of its functions may run', (_what, placements, requirements) => {
  expect(indexPlacement(placements)?.requirements).toBe(requirements);
});

it('takes one of the functions where all together are too long', () => {
  const long = (letter: string) => ({ requirements: `name == "${letter.repeat(600)}"` });
  const made = indexPlacement([long('a'), long('b')])?.requirements ?? '';
  expect(made).toBe(long('a').requirements);
  expect(expressionProblems('requirements', made)).toEqual([]);
});
