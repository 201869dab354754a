import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { exclusively } from './install-lock.mjs';

const MODULE = new URL('install-lock.mjs', import.meta.url).href;

describe('exclusively', () => {
  let folder = '';
  const file = () => join(folder, 'lock');

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'nightjar-install-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** Another process that appends "in" and "out" around half a second of work. */
  const other = () => {
    const code = `import { appendFileSync } from 'node:fs';
      const { exclusively } = await import(${JSON.stringify(MODULE)});
      const log = (word) => appendFileSync(${JSON.stringify(join(folder, 'log'))}, word + ' ');
      exclusively(${JSON.stringify(file())}, () => {
        log('in');
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500);
        log('out');
      });`;
    return spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: 'ignore' });
  };

  it('lets processes do it one after the other', async () => {
    const both = [other(), other()];
    await Promise.all(both.map((child) => once(child, 'exit')));
    expect(readFileSync(join(folder, 'log'), 'utf8').trim()).toBe('in out in out');
  });

  it('takes over what a process left that is gone', () => {
    writeFileSync(file(), JSON.stringify({ pid: process.pid, identity: 'an earlier one' }));
    expect(exclusively(file(), () => 'done')).toBe('done');
    expect(existsSync(file())).toBe(false);
  });

  it('lets go when the work fails', () => {
    const fails = () => {
      throw new Error('npm ci failed');
    };
    expect(() => exclusively(file(), fails)).toThrow('npm ci failed');
    expect(existsSync(file())).toBe(false);
  });
});
