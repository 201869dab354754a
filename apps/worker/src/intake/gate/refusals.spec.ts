import { describe, expect, it } from '@jest/globals';
import { TAKE } from './decide-taking.js';
import { Refusals } from './refusals.js';

describe('Refusals', () => {
  it('tells why work was refused, until other work was taken', () => {
    const refusals = new Refusals();
    expect(refusals.reason).toBeNull();
    refusals.note({ verdict: 'refuse', reason: 'IMAGE_INCOMPATIBLE' });
    refusals.note({ verdict: 'refuse', reason: 'WINDOW_TOO_SHORT' });
    refusals.note({ verdict: 'pass', because: 'DEDICATED_FIRST' });
    expect(refusals.reason).toBe('WINDOW_TOO_SHORT');
    refusals.note(TAKE);
    expect(refusals.reason).toBeNull();
  });

  it('forgets it when the work does not come back', () => {
    let nowMs = 0;
    const refusals = new Refusals(() => nowMs);
    refusals.note({ verdict: 'refuse', reason: 'WINDOW_TOO_SHORT' });
    nowMs = 30_000;
    expect(refusals.reason).toBe('WINDOW_TOO_SHORT');
    nowMs = 30_001;
    expect(refusals.reason).toBeNull();
  });
});
