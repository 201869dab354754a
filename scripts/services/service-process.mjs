import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, renameSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * @typedef {object} ServiceDefinition
 * @property {string} name as people read it
 * @property {string} command
 * @property {string[]} args
 * @property {NodeJS.ProcessEnv} [env] the whole environment; ours when left out
 * @property {string} [cwd]
 * @property {string} [input] given to its stdin; none when left out
 * @property {string} logFile gets stdout and stderr
 * @property {number} graceMs between SIGTERM and SIGKILL
 */

/**
 * One run of a service as a child process.
 *
 * It gets a process group of its own, so that a Ctrl-C in the terminal reaches only us and the services can be stopped
 * in order; whoever starts it must therefore stop it.
 */
export class ServiceProcess {
  /** @param {ServiceDefinition} definition */
  constructor(definition) {
    this.definition = definition;
    /** @type {import('node:child_process').ChildProcess | undefined} */
    this.child = undefined;
    /** @type {Promise<string>} settles with how it ended, in words */
    this.ended = Promise.resolve('it never started');
    this.startedAtMs = 0;
    this.stopping = false;
  }

  get name() {
    return this.definition.name;
  }

  get pid() {
    return this.child?.pid;
  }

  get isRunning() {
    return this.child !== undefined && this.child.exitCode === null && this.child.signalCode === null;
  }

  start() {
    const { command, args, env = process.env, cwd, input, logFile } = this.definition;
    mkdirSync(dirname(logFile), { recursive: true });
    const log = openSync(logFile, 'a');
    const stdin = input === undefined ? 'ignore' : 'pipe';
    const child = spawn(command, args, { cwd, env, stdio: [stdin, log, log], detached: true });
    closeSync(log);
    child.stdin?.on('error', () => undefined); // It died before it read: `ended` says how.
    child.stdin?.end(input);
    this.child = child;
    this.startedAtMs = performance.now();
    this.ended = endOf(child);
  }

  /** SIGTERM, then SIGKILL after the grace. @returns {Promise<string>} how it ended */
  async stop() {
    this.stopping = true;
    if (!this.isRunning) return this.ended;
    this.child?.kill('SIGTERM');
    const patience = new AbortController();
    const killer = sleep(this.definition.graceMs, undefined, { signal: patience.signal }).then(
      () => this.child?.kill('SIGKILL'),
      () => undefined,
    );
    const how = await this.ended;
    patience.abort();
    await killer;
    return how;
  }

  kill() {
    this.stopping = true;
    this.child?.kill('SIGKILL');
  }
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @returns {Promise<string>}
 */
function endOf(child) {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(`could not be started: ${error.message}`));
    child.once('exit', (code, signal) => resolve(signal ? `signal ${signal}` : `exit code ${code}`));
  });
}

/**
 * Puts the last start's log aside as `<name>.previous.log`: a log then tells of one start, and two are kept.
 * @param {string} logFile
 */
export function putLogAside(logFile) {
  if (existsSync(logFile)) renameSync(logFile, logFile.replace(/\.log$/, '.previous.log'));
}
