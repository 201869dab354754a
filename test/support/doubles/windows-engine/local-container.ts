import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import type { ContainerCreateOptions } from 'dockerode';
import { fileInImage, insideModule, ownPathOf, type ImageFolders } from './windows-paths.js';

export type ContainerStatus = 'created' | 'running' | 'paused' | 'exited';

/** How Windows calls the end of a process that somebody else has ended (ERROR_PROCESS_ABORTED). */
const ABORTED = 1067;
/** What the registry of a Windows container gives every process. */
const SYSTEM_ENVIRONMENT = {
  SystemRoot: 'C:\\Windows',
  TEMP: 'C:\\Users\\ContainerUser\\AppData\\Local\\Temp',
};

/** A container of the double: *created*, then *running* (as a process of this machine) or *paused*, then *exited*. */
export class LocalContainer {
  status: ContainerStatus = 'created';
  exitCode = 0;
  readonly createdAt = new Date();
  finishedAt = new Date(0);
  readonly ended: Promise<void>;
  private resolveEnded: () => void = () => {};
  private child: ChildProcessByStdio<null, Readable, Readable> | undefined;
  private readonly attached = new Set<Writable>();

  constructor(
    readonly id: string,
    readonly name: string,
    readonly options: ContainerCreateOptions,
    private readonly folders: ImageFolders,
  ) {
    this.ended = new Promise((resolve) => (this.resolveEnded = resolve));
  }

  get isAlive(): boolean {
    return this.status === 'running' || this.status === 'paused';
  }

  get pid(): number | undefined {
    return this.child?.pid;
  }

  attach(output: Writable): void {
    this.attached.add(output);
    output.on('close', () => this.attached.delete(output));
  }

  /** Throws `Error` with what Windows would say. */
  async start(): Promise<void> {
    const [program = '', ...rest] = [...asList(this.options.Entrypoint), ...(this.options.Cmd ?? [])];
    if (fileInImage(program, this.folders) === undefined) {
      throw new Error(`CreateProcess: ${program}: The system cannot find the file specified.`);
    }
    const folder = this.options.WorkingDir ?? 'C:\\';
    const cwd = this.ownFolderOf(folder);
    const child = spawn(
      process.execPath,
      [
        '--import',
        insideModule(folder),
        ...rest.map((argument) => fileInImage(argument, this.folders) ?? argument),
      ],
      {
        ...(cwd === undefined ? {} : { cwd }),
        env: { ...SYSTEM_ENVIRONMENT, ...environmentOf(this.options.Env ?? []) },
        stdio: ['ignore', 'pipe', 'pipe'],
        detached: true,
      },
    );
    this.child = child;
    this.status = 'running';
    this.pass(child.stdout, 1);
    this.pass(child.stderr, 2);
    child.once('close', (code, signal) => this.end(code, signal));
    await once(child, 'spawn');
  }

  kill(): void {
    this.signal('SIGKILL');
  }

  pause(): void {
    this.signal('SIGSTOP');
    this.status = 'paused';
  }

  resume(): void {
    this.signal('SIGCONT');
    this.status = 'running';
  }

  private signal(signal: NodeJS.Signals): void {
    if (!this.isAlive || this.child?.pid === undefined) return;
    try {
      process.kill(-this.child.pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }

  private end(code: number | null, signal: NodeJS.Signals | null): void {
    // What the process left goes with the container.
    if (this.child?.pid !== undefined) this.signal('SIGKILL');
    this.status = 'exited';
    this.finishedAt = new Date();
    // An abort is an exit code on Windows, where there are no signals.
    this.exitCode = code ?? (signal === 'SIGABRT' ? 134 : ABORTED);
    for (const output of this.attached) output.end();
    this.resolveEnded();
  }

  /** In the engine's frames; a reader that does not follow holds the process up, as a real one does. */
  private pass(source: Readable, stream: 1 | 2): void {
    source.on('data', (data: Buffer) => {
      const header = Buffer.alloc(8);
      header[0] = stream;
      header.writeUInt32BE(data.length, 4);
      const full = [...this.attached].filter((output) => !output.write(Buffer.concat([header, data])));
      if (full.length === 0) return;
      source.pause();
      void Promise.race(full.map((output) => once(output, 'drain').catch(() => undefined))).then(() =>
        source.resume(),
      );
    });
  }

  private ownFolderOf(folder: string): string | undefined {
    const mount = this.options.HostConfig?.Mounts?.find(({ Target }) => Target === folder);
    return mount === undefined ? undefined : ownPathOf(mount.Source);
  }
}

function asList(value: string | readonly string[] | undefined): readonly string[] {
  return typeof value === 'string' ? [value] : (value ?? []);
}

function environmentOf(entries: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    entries.map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)]),
  );
}
