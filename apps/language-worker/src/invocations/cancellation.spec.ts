import { describe, expect, it } from '@jest/globals';
import { Cancellation } from './cancellation.js';

describe('Cancellation', () => {
  it('aborts the signal that was asked for before, and one that is asked for later', () => {
    const before = new Cancellation();
    const { signal } = before;
    expect([before.happened, signal.aborted]).toEqual([false, false]);
    before.happen();
    expect([before.happened, signal.aborted, before.signal === signal]).toEqual([true, true, true]);
    const later = new Cancellation();
    later.happen();
    expect([later.signal.aborted, (later.signal.reason as Error).name]).toEqual([true, 'AbortError']);
  });

  it('shows its signal in a context, but never in place of another', () => {
    const cancellation = new Cancellation();
    const context: { signal?: AbortSignal } = {};
    cancellation.showIn(context);
    expect(context.signal).toBe(cancellation.signal);
    expect(JSON.stringify(context)).toBe('{}');
    const own = { signal: 'mine' };
    cancellation.showIn(own);
    expect(own.signal).toBe('mine');
    for (const none of [undefined, null, 1, Object.freeze({})]) {
      expect(() => cancellation.showIn(none)).not.toThrow();
    }
  });
});
