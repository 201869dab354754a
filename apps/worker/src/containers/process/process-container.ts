import type { ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import {
  EngineUnavailableError,
  type ContainerExit,
  type ContainerOutputLine,
  type RunningContainer,
} from '../container-runtime.js';
import { exitCause, NO_ENGINE } from '../exit-cause.js';
import { ContainerOutput } from '../output/container-output.js';
import { killProcessTree } from './kill-process-tree.js';
import { processExitCode } from './process-exit-code.js';

/** A process without input that we read from. */
export type OutputProcess = ChildProcessByStdio<null, Readable, Readable>;

/** What a process' children that outlive it may hold its output open for. */
const OUTPUT_GRACE_SECONDS = 5;

/** A language worker as a mere child process. */
export class ProcessContainer implements RunningContainer {
  readonly exited: Promise<ContainerExit>;
  readonly engineId = null;
  /** Resolves when it has ended and `forget` is through. Never rejects. */
  readonly gone: Promise<void>;
  private readonly output = new ContainerOutput();
  private killOrdered = false;

  constructor(
    readonly id: string,
    readonly appDirectory: string,
    private readonly child: OutputProcess,
    private readonly environmentOf: (settings: Readonly<Record<string, string>>) => Record<string, string>,
    forget: () => Promise<void>,
  ) {
    child.stdout.on('data', (chunk: Buffer) => this.output.push('stdout', chunk));
    child.stderr.on('data', (chunk: Buffer) => this.output.push('stderr', chunk));
    this.exited = this.end();
    this.gone = this.exited.then(forget);
  }

  onOutput(listener: (line: ContainerOutputLine) => void): void {
    this.output.onLine(listener);
  }

  async environmentWith(settings: Readonly<Record<string, string>>): Promise<Record<string, string>> {
    return this.environmentOf(settings);
  }

  async pause(): Promise<void> {
    throw new EngineUnavailableError('Plain processes are not paused.');
  }

  async resume(): Promise<void> {}

  async limitCpu(): Promise<boolean> {
    return false;
  }

  async readUse(): Promise<null> {
    return null;
  }

  async relayHttp(): Promise<void> {
    throw new EngineUnavailableError('A plain process runs our own language worker, which has a relay.');
  }

  async kill(): Promise<void> {
    if (this.isRunning()) {
      this.killOrdered = true;
      await killProcessTree(this.child.pid as number);
    }
    await this.gone;
  }

  /** Afterwards its group may hold nobody, and its pid may be given out again. */
  private isRunning(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  private async end(): Promise<ContainerExit> {
    const closed = once(this.child, 'close');
    const [code, signal] = (await once(this.child, 'exit')) as [number | null, NodeJS.Signals | null];
    // Its children, which on Linux keep their group's id from being given out again.
    if (process.platform !== 'win32') await killProcessTree(this.child.pid as number);
    await Promise.race([closed, delay(OUTPUT_GRACE_SECONDS * 1000, undefined, { ref: false })]);
    this.output.end();
    const lastStderr = this.output.lastStderr();
    const { killOrdered } = this;
    const exitCode = processExitCode({ code, signal, killOrdered }, process.platform);
    const cause = exitCause({ ...NO_ENGINE, exitCode, lastStderr, killOrdered });
    return { exitCode, cause, lastStderr };
  }
}
