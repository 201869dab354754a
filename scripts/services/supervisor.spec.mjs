import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Supervisor } from './supervisor.mjs';

describe('Supervisor', () => {
  let folder = '';
  /** @type {string[]} */
  let told = [];
  /** @type {Supervisor} */
  let supervisor;

  const make = (/** @type {boolean} */ restarts) =>
    new Supervisor(
      {
        started: (name) => told.push(`${name} started`),
        stopped: (name) => told.push(`${name} stopped`),
        died: ({ name, how, restartInMs }) => told.push(`${name} died: ${how}, again in ${restartInMs}`),
      },
      { restarts },
    );

  const service = (/** @type {string} */ name, /** @type {string} */ code, graceMs = 5_000) => ({
    name,
    command: process.execPath,
    args: ['-e', code],
    logFile: join(folder, `${name}.log`),
    graceMs,
  });

  const until = async (/** @type {() => boolean} */ condition) => {
    for (let look = 0; look < 200 && !condition(); look += 1) await sleep(25);
    expect(condition()).toBe(true);
  };

  const FOREVER = 'setInterval(() => {}, 1000)';

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'nightjar-supervisor-'));
    told = [];
  });
  afterEach(async () => {
    await supervisor.stopAll();
    rmSync(folder, { recursive: true });
  });

  it('stops services in the opposite order of their start', async () => {
    supervisor = make(true);
    supervisor.add(service('redis', FOREVER));
    supervisor.add(service('worker', FOREVER));
    await supervisor.stopAll();
    expect(told).toEqual(['redis started', 'worker started', 'worker stopped', 'redis stopped']);
  });

  it('starts a service again that ended by itself', async () => {
    supervisor = make(true);
    const mark = JSON.stringify(join(folder, 'mark'));
    const code = `const fs = require('node:fs');
      if (!fs.existsSync(${mark})) { fs.writeFileSync(${mark}, ''); process.exit(3); } ${FOREVER}`;
    supervisor.add(service('worker', code));
    await until(() => told.filter((line) => line === 'worker started').length === 2);
    expect(told[1]).toBe('worker died: exit code 3, again in 1000');
  });

  it('only reports the death where restarts are not allowed', async () => {
    supervisor = make(false);
    const { isRunning } = supervisor.add(service('worker', 'process.exit(1)'));
    expect(isRunning).toBe(true);
    await until(() => told.includes('worker died: exit code 1, again in undefined'));
    expect(told.filter((line) => line === 'worker started')).toHaveLength(1);
  });

  it('does not start again what died when it is being stopped', async () => {
    supervisor = make(true);
    supervisor.add(service('worker', 'process.exit(1)'));
    await until(() => told.length === 2);
    await supervisor.stopAll();
    await sleep(1_200);
    expect(told.filter((line) => line === 'worker started')).toHaveLength(1);
  });

  it('kills after the grace what ignores its signal', async () => {
    supervisor = make(true);
    const ready = join(folder, 'ready');
    const code = `process.on('SIGTERM', () => {}); require('node:fs').writeFileSync(${JSON.stringify(ready)}, ''); ${FOREVER}`;
    const stubborn = supervisor.add(service('worker', code, 200));
    await until(() => existsSync(ready));
    await supervisor.stopAll();
    expect(await stubborn.ended).toBe('signal SIGKILL');
  });

  it('reports a program that is not there', async () => {
    supervisor = make(false);
    supervisor.add({ ...service('worker', ''), command: join(folder, 'nothing') });
    await until(() => told.some((line) => line.includes('could not be started')));
  });

  it('keeps what a service writes, and gives it its input', async () => {
    supervisor = make(false);
    writeFileSync(join(folder, 'worker.log'), 'earlier\n');
    const echo = "process.stdin.on('data', (text) => console.log('got ' + text))";
    await supervisor.add({ ...service('worker', echo), input: 'secret' }).ended;
    expect(readFileSync(join(folder, 'worker.log'), 'utf8')).toBe('earlier\ngot secret\n');
  });
});
