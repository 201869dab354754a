import { describe, expect, it } from '@jest/globals';
import { perPiece, processorSeconds, secondsOf } from './processor-time.js';

describe('processor time', () => {
  it('is read behind a name with spaces and parentheses', () => {
    const stat = '4711 (a (b) c) S 1 4711 4711 0 -1 4194560 100 0 0 0 250 50 0 0 20 0 7 0 1000';
    expect(secondsOf(stat)).toBe(3);
  });

  it('is that of the processes which a group accepts', () => {
    const groups = [
      { name: 'this', accepts: (_: string, pid: number) => pid === process.pid },
      { name: 'none', accepts: () => false },
    ];
    const used = processorSeconds(groups);
    expect(used['none']).toBe(0);
    if (process.platform === 'linux') expect(used['this']).toBeGreaterThan(0);
  });

  it('is told a piece of work', () => {
    expect(perPiece({ a: 1, b: 0 }, { a: 1.5, b: 0.25 }, 1000)).toBe('a 500 µs, b 250 µs');
  });
});
