import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';

const FOLDER = 'test/contract/store/processes';

/** A script of this folder as a process of its own, whose lines can be read. Tests run from the repository's root. */
export class Child {
  private readonly process: ChildProcess;
  private readonly lines: AsyncIterator<string>;
  private readonly reader: Interface;
  private complaints = '';

  constructor(script: string, ...parameters: readonly string[]) {
    const loader = `./${FOLDER}/run-typescript.mjs`;
    this.process = spawn(process.execPath, ['--import', loader, join(FOLDER, script), ...parameters], {
      env: { ...process.env, NODE_OPTIONS: '' },
    });
    const { stdout, stderr } = this.process;
    if (!stdout || !stderr) throw new Error('The child has no streams');
    stderr.on('data', (data) => (this.complaints += String(data)));
    this.reader = createInterface({ input: stdout });
    this.lines = this.reader[Symbol.asyncIterator]();
  }

  /** The next line, as JSON. */
  async read<T>(): Promise<T> {
    const next = await this.lines.next();
    if (next.done) throw new Error(`The child ended: ${this.complaints}`);
    return JSON.parse(next.value) as T;
  }

  write(message: unknown): void {
    this.process.stdin?.write(`${JSON.stringify(message)}\n`);
  }

  /** As `kill -9`; settles when it is gone. */
  async kill(): Promise<void> {
    if (this.process.exitCode === null && this.process.signalCode === null) {
      const gone = new Promise((resolve) => this.process.once('exit', resolve));
      this.process.kill('SIGKILL');
      await gone;
    }
    this.reader.close();
  }
}
