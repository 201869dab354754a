import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

export interface ChildServiceOptions {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  /** Gets stdout and stderr. */
  readonly logFile: string;
}

const STOP_GRACE_MS = 30_000;
const LOG_TAIL_LINES = 40;

/** A program under test, or one that a test needs, as a process of its own with its log in a file. */
export class ChildService {
  readonly #ended: Promise<string>;

  private constructor(
    private readonly options: ChildServiceOptions,
    readonly process: ChildProcess,
  ) {
    this.#ended = new Promise((resolve) => {
      process.once('error', (error) => resolve(error.message));
      process.once('exit', (code, signal) => resolve(signal ? `signal ${signal}` : `exit code ${code}`));
    });
  }

  static start(options: ChildServiceOptions): ChildService {
    const log = openSync(options.logFile, 'a');
    const { command, args, env, cwd } = options;
    const process = spawn(command, args, { env, cwd, stdio: ['ignore', log, log] });
    closeSync(log);
    return new ChildService(options, process);
  }

  get pid(): number | undefined {
    return this.process.pid;
  }

  get isRunning(): boolean {
    return (
      this.process.exitCode === null && this.process.signalCode === null && this.process.pid !== undefined
    );
  }

  /** Settles when it has ended, with how: "exit code 0", "signal SIGKILL". */
  get ended(): Promise<string> {
    return this.#ended;
  }

  /**
   * Waits until `isReady` gives true.
   * @throws {Error} with the end of its log, when it ends before, or is not ready in time
   */
  async waitReady(isReady: () => Promise<boolean>, timeoutMs: number): Promise<void> {
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      if (await isReady().catch(() => false)) return;
      if (!this.isRunning) throw await this.#failure(`ended (${await this.#ended}) before it was ready`);
      if (performance.now() > deadline) {
        await this.kill();
        throw await this.#failure(`was not ready within ${timeoutMs} ms`);
      }
      await sleep(50);
    }
  }

  /**
   * SIGTERM, as an operator stops it.
   * @throws {Error} when it did not end within 30 s: it is killed then
   */
  async stop(): Promise<void> {
    if (!this.isRunning) return;
    this.process.kill('SIGTERM');
    const patience = new AbortController();
    const inTime = await Promise.race([
      this.#ended.then(() => true),
      sleep(STOP_GRACE_MS, false, { signal: patience.signal }).catch(() => true),
    ]);
    patience.abort();
    if (inTime) return;
    await this.kill();
    throw await this.#failure(`did not end within ${STOP_GRACE_MS} ms of SIGTERM`);
  }

  /** SIGKILL, as a power cut ends it. */
  async kill(): Promise<void> {
    this.process.kill('SIGKILL');
    await this.#ended;
  }

  /** What it wrote so far. */
  async log(): Promise<string> {
    return readFile(this.options.logFile, 'utf8');
  }

  async #failure(what: string): Promise<Error> {
    const lines = (await this.log()).trimEnd().split('\n');
    return new Error(
      `${this.options.name} ${what}; the end of its log:\n${lines.slice(-LOG_TAIL_LINES).join('\n')}`,
    );
  }
}
