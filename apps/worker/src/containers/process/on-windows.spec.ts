import { describe, expect, it } from '@jest/globals';
import { kill, killProcessTree } from './kill-process-tree.js';
import { processExitCode } from './process-exit-code.js';
import type { ProcessHost } from './process-host.js';
import { processesWithEnvironment, processIdentity } from './process-identity.js';

/** A host that only notes what it was asked for. */
function hostOn(platform: NodeJS.Platform, answer = ''): ProcessHost & { readonly asked: string[] } {
  const asked: string[] = [];
  return {
    platform,
    asked,
    run: async (program, parameters) => {
      asked.push([program, ...parameters].join(' '));
      return answer;
    },
    kill: (pid, signal) => void asked.push(`kill ${pid} ${signal}`),
  };
}

describe('killProcessTree', () => {
  it('ends the tree by taskkill on Windows, where there are no groups and no signals', async () => {
    const host = hostOn('win32');
    await killProcessTree(4711, host);
    expect(host.asked).toEqual(['taskkill /PID 4711 /T /F']);
  });

  it('takes a process that is gone for killed', async () => {
    const host = { ...hostOn('win32'), run: () => Promise.reject(new Error('not found')) };
    await expect(killProcessTree(4711, host)).resolves.toBeUndefined();
    const gone = Object.assign(new Error('gone'), { code: 'ESRCH' });
    const throws = (): never => {
      throw gone;
    };
    expect(() => kill(4711, { ...hostOn('linux'), kill: throws })).not.toThrow();
  });

  it('ends the group elsewhere', async () => {
    const host = hostOn('linux');
    await killProcessTree(4711, host);
    expect(host.asked).toEqual(['kill -4711 SIGKILL']);
  });
});

describe('processIdentity', () => {
  it('is the moment of the start, which Windows tells through PowerShell', async () => {
    const host = hostOn('win32', '133780000000000000\r\n');
    expect(await processIdentity(4711, host)).toBe('133780000000000000');
    expect(host.asked[0]).toContain('Get-Process -Id 4711');
  });

  it('is undefined where nothing is said', async () => {
    expect(await processIdentity(4711, hostOn('win32', '\r\n'))).toBeUndefined();
    expect(await processIdentity(4711, hostOn('darwin', ''))).toBeUndefined();
  });
});

describe('processesWithEnvironment', () => {
  it('finds none where environments can not be read', async () => {
    expect(await processesWithEnvironment('A=b', hostOn('win32'))).toEqual([]);
  });
});

describe('processExitCode', () => {
  it.each([
    ['linux', { code: null, signal: 'SIGKILL', killOrdered: true }, 137],
    ['linux', { code: 1, signal: null, killOrdered: true }, 1],
    ['linux', { code: null, signal: null, killOrdered: false }, null],
    ['win32', { code: 1, signal: null, killOrdered: true }, 137],
    ['win32', { code: 1, signal: null, killOrdered: false }, 1],
    ['win32', { code: 134, signal: null, killOrdered: false }, 134],
    ['win32', { code: 0xc000013a, signal: null, killOrdered: false }, 143],
  ] as const)('on %s of %j is %s', (platform, end, code) => {
    expect(processExitCode(end, platform)).toBe(code);
  });
});
