import { randomFillSync } from 'node:crypto';

const TRACE_PARENT = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

/** Whether this is a W3C `traceparent` (version 00) that may be passed on. */
export function isTraceParent(text: string | undefined): text is string {
  return text !== undefined && TRACE_PARENT.test(text);
}

/** Random bytes come from the kernel in a block: one call per identifier would be most of its cost. */
const pool = Buffer.alloc(24 * 256);
let used = pool.length;

/** The `traceparent` of a new trace, not sampled: the first of a chain when nobody upstream began one. */
export function newTraceParent(): string {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const traceId = pool.toString('hex', used, used + 16);
  const spanId = pool.toString('hex', used + 16, used + 24);
  used += 24;
  return `00-${traceId}-${spanId}-00`;
}
