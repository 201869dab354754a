import type { ContainerOutputLine } from '../container-runtime.js';
import { LineSplitter } from './line-splitter.js';
import { Tail } from './tail.js';

/** What may wait for the first listener: a container writes before its starter can say who listens. */
const MAX_EARLY_CHARACTERS = 256 * 1024;

/** The output of one container: lines for listeners, the last of stderr for its exit. Keeps a bounded amount, whatever comes. */
export class ContainerOutput {
  private readonly listeners: ((line: ContainerOutputLine) => void)[] = [];
  private early: ContainerOutputLine[] = [];
  private earlyCharacters = 0;
  private readonly stderrTail = new Tail();
  private readonly splitters = {
    stdout: new LineSplitter((text) => this.emit({ stream: 'stdout', text })),
    stderr: new LineSplitter((text) => this.emit({ stream: 'stderr', text })),
  };

  push(stream: ContainerOutputLine['stream'], chunk: Buffer): void {
    if (stream === 'stderr') this.stderrTail.push(chunk);
    this.splitters[stream].push(chunk);
  }

  /** Nothing more will come. */
  end(): void {
    this.splitters.stdout.end();
    this.splitters.stderr.end();
  }

  lastStderr(): string {
    return this.stderrTail.text();
  }

  /** The first listener is also given what came before it. */
  onLine(listener: (line: ContainerOutputLine) => void): void {
    this.listeners.push(listener);
    const early = this.early;
    this.early = [];
    for (const line of early) listener(line);
  }

  private emit(line: ContainerOutputLine): void {
    if (this.listeners.length > 0) {
      for (const listener of this.listeners) listener(line);
      return;
    }
    if (this.earlyCharacters + line.text.length > MAX_EARLY_CHARACTERS) return;
    this.earlyCharacters += line.text.length;
    this.early.push(line);
  }
}
