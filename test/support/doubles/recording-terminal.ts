import { Terminal } from '../../../apps/cli/src/terminal/terminal.js';

/** Keeps what a command writes. */
export class RecordingTerminal extends Terminal {
  readonly isInteractive = false;
  readonly columns = 200;
  readonly out: string[] = [];
  readonly err: string[] = [];

  line(written: string): void {
    this.out.push(written);
  }

  errorLine(written: string): void {
    this.err.push(written);
  }

  status(): void {
    throw new Error('Nothing is written over where nobody sits');
  }
}
