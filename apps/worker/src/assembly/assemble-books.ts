import type { Logger } from '@nestjs/common';
import type { BadputReason } from '#shared/domain/function-time.js';
import { openWeek, writeWeek } from '../books/week-file.js';
import { WorkerBooks } from '../books/worker-books.js';
import { WorkMeter } from '../books/work-meter.js';
import type { TrustedClock } from '../capacity/trusted-clock.js';
import type { Hold } from '../containers/hold/hold.js';

/** A worker's books, and what counts for them. */
export interface AssembledBooks {
  readonly meter: WorkMeter;
  readonly books: WorkerBooks;
  /** Why work is taken off the machine is known by parts that are made later. */
  readonly explainLossesBy: (why: () => BadputReason) => void;
}

export function assembleBooks(
  folder: string,
  { clock, hold }: { readonly clock: TrustedClock; readonly hold: Hold },
  logger: Logger,
): AssembledBooks {
  let why = (): BadputReason => 'WORKER_STOPPED';
  const meter = new WorkMeter({
    workMs: () => hold.workMs,
    nowMs: () => clock.now().getTime(),
    whyLost: () => why(),
  });
  const shelf = {
    open: () =>
      openWeek(folder, (error) =>
        logger.warn(
          { err: error },
          'What this machine did in the last days is not readable; it is begun anew.',
        ),
      ),
    write: (week: Parameters<typeof writeWeek>[1]) => writeWeek(folder, week),
  };
  const onNotWritten = (error: unknown): void =>
    logger.warn({ err: error }, 'What this machine did in the last days could not be written to the disk.');
  const clocks = { monotonicMs: () => performance.now(), now: () => clock.now(), here: () => new Date() };
  return {
    meter,
    books: new WorkerBooks(meter, shelf, { onNotWritten }, clocks),
    explainLossesBy: (explain) => {
      why = explain;
    },
  };
}
