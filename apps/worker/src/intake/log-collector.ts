import type { LogLine } from '#shared/domain/invocation.js';

/** An invocation's log lines, up to a limit: what comes after it is dropped, and the record says so. */
export class LogCollector {
  readonly lines: LogLine[] = [];
  #bytes = 0;
  truncated = false;

  constructor(private readonly limitBytes: number) {}

  /** Bound, so that it can be handed on as a listener. */
  readonly add = (line: LogLine): void => {
    this.#bytes += line.message.length + LINE_OVERHEAD_BYTES;
    if (this.#bytes > this.limitBytes) this.truncated = true;
    else this.lines.push(line);
  };
}

/** Time, level and category of a line. */
const LINE_OVERHEAD_BYTES = 32;
