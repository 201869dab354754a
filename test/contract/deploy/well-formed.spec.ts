import { describe, expect, it } from '@jest/globals';
import { keysOfUnit, powerShellProblem, xmlProblem } from './well-formed.js';

describe('the checks of forms', () => {
  it.each([
    ['<a><b c="d" /><e>f</e></a>', undefined],
    ['<a><b></a>', '</a> closes nothing.'],
    ['<a>', 'a is never closed.'],
    ['<a>b & c</a>', 'belongs to nothing'],
    ['<a b=c></a>', 'closes nothing'],
  ])('read XML: %s', (text, problem) => {
    if (problem === undefined) expect(xmlProblem(text)).toBeUndefined();
    else expect(xmlProblem(text)).toContain(problem);
  });

  it.each([
    ['if ($a -eq "b") { \'}\' } # )', undefined],
    ['"a `" b ""c"""', undefined],
    ['foreach ($a in $b) {', '{ is never closed'],
    ['@(1, 2}', '} closes nothing'],
    ['Write-Output "a', 'never closed'],
  ])('read PowerShell: %s', (text, problem) => {
    if (problem === undefined) expect(powerShellProblem(text)).toBeUndefined();
    else expect(powerShellProblem(text)).toContain(problem);
  });

  it('read units', () => {
    expect(keysOfUnit('[A]\n# c\nB=c=d\n')).toEqual({ A: { B: 'c=d' } });
    expect(() => keysOfUnit('B=c')).toThrow('no line of a unit');
  });
});
