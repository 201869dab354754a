import { Injectable } from '@nestjs/common';
import type { BatchRun } from '#shared/domain/batch.js';
import { ConflictError } from '#shared/domain/errors.js';
import { DeadLetterStore, type DeadLetterSelection } from '#shared/store/dead-letter-store.js';
import { itemLines } from './item-lines.js';

const PAGE = 1000;
/** Lines whose outcomes are asked for at once. */
const WINDOW = 10_000;
/** How many lines an error names. */
const NAMED = 10;

/** Which lines a run is to go over again, and at which of them that is noted: those that have an outcome. Ascending. */
export interface LinesAgain {
  readonly lines: readonly number[];
  readonly marked: readonly number[];
}

/** Finds the items that are to run again. Memory holds their line numbers. */
@Injectable()
export class ReplayLines {
  constructor(private readonly deadLetters: DeadLetterStore) {}

  /** Throws `ConflictError` where lines were named that are no dead letters, or in the hands of another run. */
  async ofSelection(runId: string, selection: DeadLetterSelection, again: boolean): Promise<LinesAgain> {
    const lines = await all((page) => this.deadLetters.replayableLines(runId, selection, again, page));
    if (selection.kind === 'lines') mustHaveAll(selection.lines, lines);
    return { lines, marked: lines };
  }

  /**
   * All items of a run that have succeeded neither in it nor in one of the runs that went over it again: also those that never began.
   * @param content the run's input
   */
  async undone(run: BatchRun, content: AsyncIterable<Buffer>): Promise<LinesAgain> {
    const family = await this.deadLetters.listFamily(run.id);
    const open = family.find((one) => one.endedAt === null);
    if (open) {
      throw new ConflictError(
        `The run ${open.id} goes over items of this one and has not ended: wait for it, or cancel it, then re-run.`,
      );
    }
    const lines = await this.notSucceeded(
      content,
      family.map(({ id }) => id),
    );
    const unhealed = await all((page) => this.deadLetters.unhealedLines(run.id, page));
    return { lines, marked: inBoth(lines, unhealed) };
  }

  private async notSucceeded(
    content: AsyncIterable<Buffer>,
    runIds: readonly string[],
  ): Promise<readonly number[]> {
    const undone: number[] = [];
    let succeeded: ReadonlySet<number> = new Set();
    let knownUntil = 0;
    for await (const items of itemLines(content)) {
      for (const line of items) {
        if (line > knownUntil) {
          succeeded = await this.deadLetters.succeededLines(runIds, line, WINDOW);
          knownUntil = line + WINDOW - 1;
        }
        if (!succeeded.has(line)) undone.push(line);
      }
    }
    return undone;
  }
}

async function all(
  read: (page: { limit: number; afterLine: number }) => Promise<readonly number[]>,
): Promise<readonly number[]> {
  const lines: number[] = [];
  for (;;) {
    const page = await read({ limit: PAGE, afterLine: lines.at(-1) ?? 0 });
    for (const line of page) lines.push(line);
    if (page.length < PAGE) return lines;
  }
}

/** Of two ascending lists. */
function inBoth(lines: readonly number[], others: readonly number[]): readonly number[] {
  let at = 0;
  return others.filter((other) => {
    while ((lines[at] ?? Infinity) < other) at += 1;
    return lines[at] === other;
  });
}

function mustHaveAll(wanted: readonly number[], found: readonly number[]): void {
  const there = new Set(found);
  const missing = [...new Set(wanted)].filter((line) => !there.has(line)).toSorted((a, b) => a - b);
  if (missing.length === 0) return;
  const named = missing.slice(0, NAMED).join(', ') + (missing.length > NAMED ? ', …' : '');
  throw new ConflictError(
    `lines: ${named} can not be replayed: they did not fail, another run has them now, or they succeeded when they were ` +
      'replayed (then "again": true has them run once more).',
  );
}
