/** Where a command writes. A port, so that tests read what was written. */
export abstract class Terminal {
  /** Whether lines can be written over (a person's terminal), or only be added (a pipe, a log). */
  abstract readonly isInteractive: boolean;
  abstract readonly columns: number;

  /** Writes a result as a line. */
  abstract line(text: string): void;

  /** Writes what went wrong as a line. */
  abstract errorLine(text: string): void;

  /** Shows the present state in place of the last one; an empty text takes it away. Only where `isInteractive`. */
  abstract status(text: string): void;
}

const CLEAR_LINE = '\r\u001b[2K';
const DEFAULT_COLUMNS = 80;

/** This process's stdout and stderr. */
export class ProcessTerminal extends Terminal {
  readonly isInteractive = process.stdout.isTTY === true;

  get columns(): number {
    return process.stdout.columns || DEFAULT_COLUMNS;
  }

  line(text: string): void {
    process.stdout.write(`${text}\n`);
  }

  errorLine(text: string): void {
    process.stderr.write(`${text}\n`);
  }

  status(text: string): void {
    process.stdout.write(CLEAR_LINE + text);
  }
}
