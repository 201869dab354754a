import { describe, expect, it } from '@jest/globals';
import { isTraceParent, newTraceParent } from '#shared/telemetry/trace-context.js';

describe('trace context', () => {
  it('makes a valid traceparent, a new one each time', () => {
    const made = Array.from({ length: 1000 }, newTraceParent);
    expect(made.every(isTraceParent)).toBe(true);
    expect(new Set(made).size).toBe(made.length);
  });

  it.each([
    ['all zeros for a trace id', `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`],
    ['all zeros for a span id', `00-4bf92f3577b34da6a3ce929d0e0e4736-${'0'.repeat(16)}-01`],
    ['another version', '01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'],
    ['upper case', '00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01'],
    ['something else', 'hello'],
  ])('refuses %s', (_what, text) => {
    expect(isTraceParent(text)).toBe(false);
  });
});
