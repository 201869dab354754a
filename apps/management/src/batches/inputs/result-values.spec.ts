import { describe, expect, it } from '@jest/globals';
import type { ItemOutcome } from '#shared/domain/batch.js';
import { newestByLine } from './result-values.js';

async function* source(...lines: number[]): AsyncGenerator<ItemOutcome> {
  for (const lineNumber of lines)
    yield { lineNumber, state: 'succeeded', attempts: 1, startedAt: new Date(0), durationMs: 1 };
}

async function merged(...sources: AsyncGenerator<ItemOutcome>[]): Promise<string[]> {
  const found: string[] = [];
  for await (const { item, source: index } of newestByLine(sources))
    found.push(`${item.lineNumber}:${index}`);
  return found;
}

describe('newestByLine', () => {
  it('goes by line, through all sources', async () => {
    expect(await merged(source(2, 5), source(1, 3))).toEqual(['1:1', '2:0', '3:1', '5:0']);
  });

  it('takes of a line what the last source has', async () => {
    expect(await merged(source(1, 2, 3), source(2), source(2, 3))).toEqual(['1:0', '2:2', '3:2']);
  });

  it('ends with its sources', async () => {
    expect(await merged()).toEqual([]);
    expect(await merged(source(), source(7))).toEqual(['7:1']);
  });
});
