import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { waitFor } from '../../../../../../test/support/wait-for.js';
import { parseProcessStat, readProcessUse, withDescendants } from './process-use.js';

describe('parseProcessStat', () => {
  it('reads past a name that looks like the rest', () => {
    const text =
      '812 (a) S 1 (b) S 7 812 812 0 -1 4194560 5000 0 0 0 150 50 9 9 20 0 11 0 123456 1000000 500 18446744073709551615\n';
    expect(parseProcessStat(text)).toEqual({
      pid: 812,
      parentPid: 7,
      cpuSeconds: 2,
      startedAtTicks: '123456',
    });
  });
});

describe('withDescendants', () => {
  const stat = (pid: number, parentPid: number) => ({ pid, parentPid, cpuSeconds: 0, startedAtTicks: '' });
  const stats = [stat(1, 0), stat(30, 20), stat(20, 10), stat(10, 1), stat(11, 1), stat(40, 30)];

  it('follows children at whatever remove, and nobody else', () => {
    expect(withDescendants(stats, [10]).map(({ pid }) => pid)).toEqual([10, 20, 30, 40]);
    expect(withDescendants(stats, [11]).map(({ pid }) => pid)).toEqual([11]);
    expect(withDescendants(stats, [99])).toEqual([]);
  });

  it('counts each once, where roots are of one family', () => {
    expect(withDescendants(stats, [20, 10]).map(({ pid }) => pid)).toEqual([20, 10, 30, 40]);
  });
});

describe('readProcessUse', () => {
  it('reads a process and its child, and forgets the child when it has ended', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    try {
      const parts = await waitFor(
        async () => {
          const found = await readProcessUse('/proc', [process.pid]);
          return found.find(({ pids }) => pids[0] === child.pid && found.length > 1) ? found : null;
        },
        { timeoutMs: 60_000 },
      );
      const own = parts.find(({ pids }) => pids[0] === process.pid);
      const { user, system } = process.cpuUsage();
      expect(own?.cpuSeconds).toBeGreaterThan(0);
      expect(own?.cpuSeconds).toBeLessThanOrEqual((user + system) / 1e6 + 0.1);
      expect(own?.memoryBytes).toBeGreaterThan(2 ** 20);
      expect(new Set(parts.map(({ id }) => id)).size).toBe(parts.length);
    } finally {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    }
    const after = await readProcessUse('/proc', [process.pid]);
    expect(after.some(({ pids }) => pids[0] === child.pid)).toBe(false);
  });
});
