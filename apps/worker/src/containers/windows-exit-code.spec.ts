import { describe, expect, it } from '@jest/globals';
import { readWindowsExitCode } from './windows-exit-code.js';

describe('readWindowsExitCode', () => {
  it.each([
    ['success', 0, 0, false],
    ['a code of the function’s own', 7, 7, false],
    ['an abort of Node', 134, 134, false],
    ['a process that was ended', 1067, 137, false],
    ['the same as an HRESULT', 2147943467, 137, false],
    ['CTRL_SHUTDOWN, not handled', 3221225786, 143, false],
    ['the same, written with a sign', -1073741510, 143, false],
    ['lost', -1, 255, false],
    ['no memory', 0xc0000017, 0xc0000017, true],
    ['no commit charge left', -1073741523, 0xc000012d, true],
    ['an access violation', -1073741819, 0xc0000005, false],
  ])('reads %s', (_name, code, exitCode, outOfMemory) => {
    expect(readWindowsExitCode(code)).toEqual({ exitCode, outOfMemory });
  });
});
