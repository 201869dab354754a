import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { takeLock } from './folder-lock.mjs';

const MODULE = pathToFileURL(fileURLToPath(new URL('folder-lock.mjs', import.meta.url))).href;

describe('takeLock', () => {
  let folder = '';
  const file = () => join(folder, 'deep', 'start.lock');

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'nightjar-lock-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** Another process that holds the lock until it is killed. */
  const otherHolder = async () => {
    const code = `const { takeLock } = await import(${JSON.stringify(MODULE)});
      await takeLock(${JSON.stringify(file())}); console.log('held'); setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ['--no-warnings', '--input-type=module', '-e', code]);
    await once(child.stdout, 'data');
    return child;
  };

  it('is taken once, and free again when it is released', async () => {
    const first = await takeLock(file());
    expect(await takeLock(file())).toEqual({ heldBy: `process ${process.pid}` });
    if ('release' in first) first.release();
    const second = await takeLock(file());
    expect('release' in second).toBe(true);
    if ('release' in second) second.release();
  });

  it('says which process holds it', async () => {
    const other = await otherHolder();
    expect(await takeLock(file())).toEqual({ heldBy: `process ${other.pid}` });
    other.kill('SIGKILL');
    await once(other, 'exit');
  });

  it('is free again when its holder is killed', async () => {
    const other = await otherHolder();
    other.kill('SIGKILL');
    await once(other, 'exit');
    const lock = await takeLock(file());
    expect('release' in lock).toBe(true);
    if ('release' in lock) lock.release();
  });
});
