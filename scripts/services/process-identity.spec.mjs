import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { isStillThatProcess, processIdentity } from './process-identity.mjs';

describe('processIdentity', () => {
  it('is the same as long as the process lives, and gone with it', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    await once(child, 'spawn');
    const pid = /** @type {number} */ (child.pid);
    const identity = processIdentity(pid);
    expect(identity).toEqual(expect.any(String));
    expect(isStillThatProcess(pid, String(identity))).toBe(true);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(isStillThatProcess(pid, String(identity))).toBe(false);
  });

  it('tells two processes apart, also by their start alone', () => {
    expect(isStillThatProcess(process.pid, 'another start')).toBe(false);
  });
});
