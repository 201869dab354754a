import { describe, expect, it } from '@jest/globals';
import { Lease } from './lease.js';

describe('Lease', () => {
  it('is held from a renewal to its end, and again after the next', () => {
    let nowMs = 0;
    const lease = new Lease(() => nowMs);
    expect([lease.isHeld, lease.endsMs]).toEqual([false, null]);
    lease.renewUntil(10);
    expect([lease.isHeld, lease.endsMs]).toEqual([true, 10]);
    nowMs = 10;
    expect(lease.isHeld).toBe(false);
    lease.renewUntil(20);
    expect(lease.isHeld).toBe(true);
  });

  it('binds nobody any more once it is waived', () => {
    const lease = new Lease(() => 0);
    lease.waive();
    expect(lease.isHeld).toBe(true);
  });
});
