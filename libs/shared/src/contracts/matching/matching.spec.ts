import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { InvalidInputError } from '../../domain/errors.js';
import type { MachineFacts } from './machine-facts.js';
import { checkExpression, expressionProblems, matches, rankOf } from './matching.js';

const GIB = 1024 ** 3;
const desk: MachineFacts = {
  name: 'desk',
  pool: 'office',
  os: 'windows',
  osBuild: '10.0.20348',
  runtime: 'docker',
  isolation: 'hyperv',
  engineVersion: null,
  cores: 8,
  memoryBytes: 16 * GIB,
  labels: { site: 'berlin', gpu: '', 'gpu-count': '2' },
  profile: 'desktop-vacate',
};

describe('matches', () => {
  it.each([
    undefined,
    null,
    'os == "windows"',
    'os in ["linux", "windows"]',
    'osBuild.atLeast("10.0.9200")',
    'isolation != "process" && runtime == "docker"',
    'cores >= 4 && memoryBytes >= 16 * GiB',
    'memoryBytes > 500 * MiB',
    'labels.site == "berlin"',
    '"gpu" in labels',
    'has(labels.gpu)',
    'int(labels["gpu-count"]) >= 2',
    'pool == "office" || pool == "lab"',
    'profile.startsWith("desktop-")',
    'name.lowerAscii() == "desk"',
    '!has(labels.noisy)',
    // The other side of an "or" decides.
    'engineVersion == "1" || cores > 1',
    'labels.rack == "r1" || cores > 1',
    'true',
  ])('%s is met', (requirements) => {
    expect(matches(requirements, desk)).toEqual({ met: 'yes' });
  });

  it.each([
    ['cores >= 16', 'cores >= 16 is false: cores is 8'],
    [
      'os == "linux" && cores >= 4 && memoryBytes >= 32 * GiB',
      'os == "linux" is false: os is "windows"; ' +
        'memoryBytes >= 32 * GiB is false: memoryBytes is 17179869184',
    ],
    ['labels.rack == "r1"', 'labels.rack == "r1" is not met: the machine has no label rack'],
    ['"rack" in labels', '"rack" in labels is false: the machine has no label rack'],
    ['labels.site == "bonn"', 'labels.site == "bonn" is false: labels.site is "berlin"'],
    [
      'engineVersion.atLeast("24")',
      'engineVersion.atLeast("24") is not met: the machine does not report engineVersion',
    ],
    // Turning it around does not make it known.
    [
      '!(engineVersion == "24")',
      '!(engineVersion == "24") is not met: the machine does not report engineVersion',
    ],
    [
      '(cores > 8 || os == "linux") && cores > 1',
      'cores > 8 || os == "linux" is false: cores is 8, os is "windows"',
    ],
    ['false', 'false is false'],
    ['name == "Köln 🌙"', 'name == "Köln 🌙" is false: name is "desk"'],
    [String.raw`name == "a\\u00f6"`, String.raw`name == "a\\u00f6" is false: name is "desk"`],
    ['labels.toString == "x"', 'labels.toString == "x" is not met: the machine has no label toString'],
  ])('%s is not met, and says which part', (requirements, because) => {
    expect(matches(requirements, desk)).toEqual({ met: 'no', because });
  });

  it('takes labels that are not known yet for none that are there', () => {
    expect(matches('labels.site == "berlin"', { ...desk, labels: null })).toEqual({
      met: 'no',
      because: 'labels.site == "berlin" is not met: the labels of the machine are not known yet',
    });
  });

  it.each([
    ['1 / 0 == cores', /^\(1 \/ 0\) == cores can't be worked out: division by zero; cores is 8$/],
    ['int(labels.site) > 1', /can't be worked out: .*; labels\.site is "berlin"$/],
    ['speed > 3', /^requirements: there is no attribute speed/],
    ['(', /^requirements: /],
  ])('%s can not be told', (requirements, because) => {
    expect(matches(requirements, desk)).toEqual({ met: 'unknown', because: expect.stringMatching(because) });
  });

  it('says no where one term is false and another can not be told', () => {
    expect(matches('cores / 0 == 1 && os == "linux"', desk)).toEqual({
      met: 'no',
      because: 'os == "linux" is false: os is "windows"',
    });
  });

  it('is met by a join just where all of its terms are met', () => {
    const terms = ['cores >= 4', 'os == "linux"', 'labels.rack == "a"', 'engineVersion == "1"', 'true'];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...terms), { minLength: 1, maxLength: 6 }), (some) => {
        const all = some.every((term) => matches(term, desk).met === 'yes');
        expect(matches(some.join(' && '), desk).met).toBe(all ? 'yes' : 'no');
      }),
    );
  });

  it('never throws, whatever it is given', () => {
    const tokens = [
      'os',
      'cores',
      'labels',
      '.',
      '"a"',
      '3',
      '==',
      '&&',
      '||',
      '!',
      '(',
      ')',
      '[',
      ']',
      'in',
      '/',
      '-',
      '?',
      ':',
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...tokens), { maxLength: 12 }), (some) => {
        expect(['yes', 'no', 'unknown']).toContain(matches(some.join(' '), desk).met);
        expect(Number.isFinite(rankOf(some.join(' '), desk))).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('rankOf', () => {
  it.each([
    [undefined, 0],
    ['cores', 8],
    ['double(memoryBytes) / double(GiB)', 16],
    ['profile == "desktop-vacate"', 1],
    ['cores > 8', 0],
    ['(has(labels.gpu) ? 100 : 0) + cores', 108],
    ['-cores', -8],
    ['int(labels.rack)', 0],
    ['cores / 0', 0],
    ['1.0 / 0.0', 0],
    ['os', 0],
  ])('of %s is %d', (rank, value) => {
    expect(rankOf(rank, desk)).toBe(value);
  });
});

describe('expressionProblems', () => {
  it.each([
    [
      'requirements',
      'speed > 3',
      /^requirements: there is no attribute speed \(at character 1\)\. The attributes are os, osBuild, .* name\.$/,
    ],
    [
      'requirements',
      'cores',
      /^requirements: must be true or false, such as cores >= 4, and is of the type int\.$/,
    ],
    ['rank', 'os', /^rank: must be a number, such as cores, or true or false, and is of the type string\.$/],
    ['requirements', 'cores == "4"', /^requirements: no such overload: int == string \(at character 1\)\.$/],
    ['requirements', 'os > 3', /^requirements: texts can't be compared by >: use osBuild\.atLeast/],
    ['requirements', 'osBuild >= "10.0.9"', /^requirements: texts can't be compared by >=/],
    ['requirements', 'labels.a < "b"', /^requirements: texts can't be compared by </],
    [
      'requirements',
      'os == "Windows"',
      /^requirements: os is never "Windows": it is one of linux, windows, darwin\.$/,
    ],
    ['requirements', 'os in ["linux", "mac"]', /^requirements: os is never "mac"/],
    ['requirements', 'profile != "desktop-hours"', /^requirements: profile is never "desktop-hours"/],
    [
      'requirements',
      'os.matches("(a+)+$")',
      /^requirements: there is no function matches\(\)\. The functions are has, /,
    ],
    ['requirements', 'labels.exists(k, k == "a")', /^requirements: there is no function exists\(\)/],
    ['requirements', 'cel.bind(x, os, x == "linux")', /^requirements: .*(bind|cel)/],
    ['requirements', '{"a": 1}.a == 1', /^requirements: /],
    ['requirements', 'cores >=', /^requirements: unexpected token: EOF \(at character 9\)\.$/],
    ['requirements', ' ', /^requirements: must not be empty/],
    [
      'requirements',
      `os == "${'l'.repeat(1000)}"`,
      /^requirements: must have at most 1000 characters, and has 1008\.$/,
    ],
    ['requirements', `${'('.repeat(200)}true${')'.repeat(200)}`, /^requirements: /],
    ['requirements', `${'!'.repeat(900)}true`, /^requirements: /],
  ] as const)('%s "%s"', (use, text, problem) => {
    expect(expressionProblems(use, text)).toEqual([expect.stringMatching(problem)]);
  });

  it.each(['cores', 'cores > 3', '2.5 * double(cores)'])('has nothing against the rank %s', (rank) => {
    expect(expressionProblems('rank', rank)).toEqual([]);
  });

  it('is thrown by the check, with its field', () => {
    expect(() => checkExpression('rank', 'os')).toThrow(InvalidInputError);
    expect(() => checkExpression('rank', 'cores')).not.toThrow();
  });
});
