import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { waitFor } from '../support/wait-for.js';

/** Tests run from the repository's root, as npm runs scripts. */
const MAIN = join(process.cwd(), 'dist/apps/worker/src/main.js');

/** Starts `sense` without any of the worker's settings, as on a machine that is no worker yet. */
function startSense(flags: readonly string[]) {
  const child = spawn(process.execPath, [MAIN, 'sense', ...flags], { env: { PATH: process.env['PATH'] } });
  const printed = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (printed.out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (printed.err += text));
  const ended = once(child, 'close').then(([exitCode]) => ({ exitCode: exitCode as number | null }));
  return { child, printed, ended };
}

describe('an administrator looks at what the sensors see', () => {
  it('once, as a table', async () => {
    const { printed, ended } = startSense([]);
    expect(await ended).toEqual({ exitCode: 0 });
    const names = printed.out.split('\n').map((line) => line.split(/ {2,}/)[0]);
    expect(names.slice(0, 7)).toEqual([
      'last input',
      'remote desktops',
      "others' load",
      "others' memory",
      'power',
      'exclusive app',
      'disk',
    ]);
    expect(printed.err).toBe('');
  });

  it('once, as JSON for a program', async () => {
    const { printed, ended } = startSense([
      '--json',
      '--data-dir',
      '/',
      '--exclusive-apps',
      'no-such-program',
    ]);
    expect(await ended).toEqual({ exitCode: 0 });
    const readings = JSON.parse(printed.out);
    expect(readings.memory.totalBytes).toBeGreaterThan(0);
    expect(readings.disk.totalBytes).toBeGreaterThan(0);
    expect(readings.foreignCpuPercent).toBeGreaterThanOrEqual(0);
    expect(readings.exclusiveApp).toBeNull();
    // Where logind answers too late, it says so.
    expect(readings.sessions).toBeDefined();
  });

  it('again and again, until it is stopped', async () => {
    const { child, printed, ended } = startSense(['--json', '--watch']);
    await waitFor(() => printed.out.split('\n').length > 3, { timeoutMs: 60_000 });
    child.kill('SIGINT');
    expect(await ended).toEqual({ exitCode: 0 });
    const lines = printed.out.trimEnd().split('\n');
    expect(lines.map((line) => Object.keys(JSON.parse(line) as object).length)).toEqual(lines.map(() => 8));
  });

  it('with flags that are not right, and is told which there are', async () => {
    const { printed, ended } = startSense(['--jason']);
    expect(await ended).toEqual({ exitCode: 1 });
    expect(printed.err).toContain('--jason');
    expect(printed.err).toContain('--exclusive-apps');
  });
});
