import { describe, expect, it } from '@jest/globals';
import { InvalidInputError } from '#shared/domain/errors.js';
import { compileLeaseSeconds } from './lease-settings.js';

describe('compileLeaseSeconds', () => {
  it.each([
    [10, undefined, 30],
    [2, undefined, 30],
    [60, undefined, 180],
    [10, 30, 30],
    [2, 6, 6],
  ])('heartbeats each %s s, lease %s: %s s', (heartbeatSeconds, leaseSeconds, expected) => {
    expect(compileLeaseSeconds({ heartbeatSeconds, leaseSeconds })).toBe(expected);
  });

  it('refuses a lease that a lost heartbeat would end, and names both settings', () => {
    const attempt = (): number => compileLeaseSeconds({ heartbeatSeconds: 10, leaseSeconds: 29 });
    expect(attempt).toThrow(InvalidInputError);
    try {
      attempt();
    } catch (error) {
      expect((error as InvalidInputError).details[0]).toMatch(/leaseSeconds \(29\).*heartbeatSeconds \(10\)/);
    }
  });
});
