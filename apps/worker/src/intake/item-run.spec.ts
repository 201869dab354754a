import { describe, expect, it } from '@jest/globals';
import type { FunctionEnding } from './function-run.js';
import { itemOf } from './item-run.js';

const LIMIT_BYTES = 12;

function endingWith(returnValue: string): FunctionEnding {
  const at = new Date(0);
  const attempts = [{ number: 1, startedAt: at, durationMs: 1 }];
  return {
    state: 'succeeded',
    output: { returnValue },
    attempts,
    coldStart: false,
    startedAt: at,
    endedAt: at,
  };
}

describe('itemOf', () => {
  // With its quotes.
  it.each([
    ['a'.repeat(10), 'a'.repeat(10)],
    ['a'.repeat(11), { truncated: true, sizeBytes: 13 }],
    // Three bytes each.
    ['日'.repeat(3), '日'.repeat(3)],
    ['日'.repeat(4), { truncated: true, sizeBytes: 14 }],
  ])('keeps an output by its bytes: %s', (returnValue, output) => {
    expect(itemOf(1, endingWith(returnValue), [], LIMIT_BYTES).output).toEqual(output);
  });
});
