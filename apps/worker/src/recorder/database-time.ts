import type { ChunkProgress, ItemOutcome } from '#shared/domain/batch.js';
import type { InvocationOutcome, LogLine } from '#shared/domain/invocation.js';

/** An outcome with its times as the database would have said them. @param errorMs how much this machine's clock is ahead */
export function outcomeInTime(outcome: InvocationOutcome, errorMs: number): InvocationOutcome {
  if (errorMs === 0) return outcome;
  return {
    ...outcome,
    startedAt: moved(outcome.startedAt, errorMs),
    endedAt: moved(outcome.endedAt, errorMs),
    attempts: outcome.attempts.map((one) => ({ ...one, startedAt: moved(one.startedAt, errorMs) })),
    logs: linesInTime(outcome.logs, errorMs),
  };
}

/** The same for the items of a chunk. */
export function progressInTime(progress: ChunkProgress, errorMs: number): ChunkProgress {
  if (errorMs === 0) return progress;
  return { ...progress, items: progress.items.map((item) => itemInTime(item, errorMs)) };
}

function itemInTime(item: ItemOutcome, errorMs: number): ItemOutcome {
  const startedAt = moved(item.startedAt, errorMs);
  return { ...item, startedAt, logs: item.logs && linesInTime(item.logs, errorMs) };
}

function linesInTime(lines: readonly LogLine[], errorMs: number): LogLine[] {
  return lines.map((line) => ({ ...line, loggedAt: moved(line.loggedAt, errorMs) }));
}

function moved(own: Date, errorMs: number): Date {
  return new Date(own.getTime() - errorMs);
}
