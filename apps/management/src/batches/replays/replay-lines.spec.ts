import { Readable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import type { BatchRun } from '#shared/domain/batch.js';
import { ConflictError } from '#shared/domain/errors.js';
import type { DeadLetterStore } from '#shared/store/dead-letter-store.js';
import { ReplayLines } from './replay-lines.js';

interface Page {
  readonly limit: number;
  readonly afterLine: number;
}

/** A store that knows which lines may be replayed, which failed, and which have succeeded. */
function storeOf(facts: {
  readonly replayable?: readonly number[];
  readonly unhealed?: readonly number[];
  readonly succeeded?: ReadonlySet<number>;
  readonly family?: readonly Partial<BatchRun>[];
}) {
  const asked: number[] = [];
  const paged = (lines: readonly number[] = [], { limit, afterLine }: Page) =>
    Promise.resolve(lines.filter((line) => line > afterLine).slice(0, limit));
  const store = {
    replayableLines: (_run: string, _selection: unknown, _again: boolean, page: Page) =>
      paged(facts.replayable, page),
    unhealedLines: (_run: string, page: Page) => paged(facts.unhealed, page),
    listFamily: () => Promise.resolve(facts.family ?? [{ id: 'run', endedAt: new Date() }]),
    succeededLines: (_runs: unknown, first: number, count: number) => {
      asked.push(first);
      const within = [...(facts.succeeded ?? [])].filter((line) => line >= first && line < first + count);
      return Promise.resolve(new Set(within));
    },
  };
  return { lines: new ReplayLines(store as unknown as DeadLetterStore), asked };
}

const RUN = { id: 'run' } as BatchRun;
const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

describe('ReplayLines', () => {
  it('reads all pages of what may be replayed', async () => {
    const all = range(2_500);
    const { lines } = storeOf({ replayable: all });
    expect(await lines.ofSelection('run', { kind: 'all' }, false)).toEqual({ lines: all, marked: all });
  });

  it('names the lines that can not be replayed, not more than ten', async () => {
    const { lines } = storeOf({ replayable: [2] });
    const wanted = { kind: 'lines', lines: [9, 2, 4, 4] } as const;
    await expect(lines.ofSelection('run', wanted, false)).rejects.toThrow(/^lines: 4, 9 can not/);
    const many = { kind: 'lines', lines: range(30) } as const;
    await expect(lines.ofSelection('run', many, false)).rejects.toThrow(
      'lines: 1, 3, 4, 5, 6, 7, 8, 9, 10, 11, … can',
    );
  });

  it('re-runs what has not succeeded, blank lines left out, and marks what has an outcome', async () => {
    const { lines } = storeOf({ succeeded: new Set([1, 5]), unhealed: [3, 5] });
    const content = Readable.from([Buffer.from('a\n \nc'), Buffer.from('c\nd\ne\nf')]);
    expect(await lines.undone(RUN, content)).toEqual({ lines: [3, 4, 6], marked: [3] });
  });

  it('asks for many lines at once', async () => {
    const { lines, asked } = storeOf({ succeeded: new Set([10_000, 10_001, 20_001]) });
    const content = Readable.from([Buffer.from('x\n'.repeat(12_000)), Buffer.from('x\n'.repeat(13_000))]);
    const found = await lines.undone(RUN, content);
    expect(found.lines).toHaveLength(24_997);
    expect(asked).toEqual([1, 10_001, 20_001]);
  });

  it('waits for a run that goes over the items again', async () => {
    const { lines } = storeOf({
      family: [
        { id: 'run', endedAt: new Date() },
        { id: 'child', endedAt: null },
      ],
    });
    await expect(lines.undone(RUN, Readable.from([]))).rejects.toThrow(ConflictError);
  });
});
