import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Leftovers } from './leftovers.mjs';

describe('Leftovers', () => {
  let folder = '';
  /** @type {Leftovers} */
  let leftovers;
  /** @type {import('node:child_process').ChildProcess[]} */
  const children = [];

  const startSomething = async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    children.push(child);
    await once(child, 'spawn');
    return child;
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'nightjar-leftovers-'));
    leftovers = new Leftovers(join(folder, 'services.json'));
  });
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    rmSync(folder, { recursive: true });
  });

  it('stops what is still running, and forgets it', async () => {
    const child = await startSomething();
    const ended = once(child, 'exit');
    leftovers.record('worker', Number(child.pid));
    expect(await leftovers.stopAll()).toEqual(['worker']);
    expect((await ended)[1]).toBe('SIGTERM');
    expect(await leftovers.stopAll()).toEqual([]);
  });

  it('leaves a process alone that merely got the pid of one of ours', async () => {
    const child = await startSomething();
    const entry = { name: 'worker', pid: child.pid, identity: 'one that has ended' };
    writeFileSync(leftovers.file, JSON.stringify([entry]));
    expect(await leftovers.stopAll()).toEqual([]);
    expect(child.exitCode ?? child.signalCode).toBeNull();
  });

  it('knows of a service only its newest process', async () => {
    const [first, second] = [await startSomething(), await startSomething()];
    leftovers.record('worker', Number(first.pid));
    leftovers.record('worker', Number(second.pid));
    expect(JSON.parse(readFileSync(leftovers.file, 'utf8'))).toEqual([
      expect.objectContaining({ name: 'worker', pid: second.pid }),
    ]);
  });

  it('is not confused by a file that was cut off', async () => {
    writeFileSync(leftovers.file, '[{"name":"wor');
    expect(await leftovers.stopAll()).toEqual([]);
    expect(existsSync(leftovers.file)).toBe(false);
  });

  it('does not stop what was forgotten', async () => {
    const child = await startSomething();
    leftovers.record('worker', Number(child.pid));
    leftovers.forget('worker');
    expect(await leftovers.stopAll()).toEqual([]);
  });
});
