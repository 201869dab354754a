import { randomFillSync } from 'node:crypto';
import { v5, v7 } from 'uuid';

/** Random bytes for a thousand ids: asking the system for each id's would cost more than all the rest of an id. */
const randomBytes = new Uint8Array(16_384);
const BYTES_AN_ID = 16;
let used = randomBytes.length;

/** Counts the ids of one millisecond (RFC 9562, 6.2, method 1), so that those sort too. */
let lastMs = -Infinity;
let sequence = 0;

/** A new UUIDv7 (RFC 9562): sorts by its time of creation, so that indexes on ids grow at one end. */
export function newId(): string {
  const random = nextRandom();
  // Should the clock go back, time stands still here until it has caught up.
  const nowMs = Math.max(Date.now(), lastMs);
  // 31 random bits to begin with: half of the counter's range is always left for one millisecond.
  sequence =
    nowMs === lastMs ? sequence + 1 : new DataView(random.buffer, random.byteOffset).getUint32(6) >>> 1;
  lastMs = nowMs;
  return v7({ random, msecs: nowMs, seq: sequence });
}

function nextRandom(): Uint8Array {
  if (used === randomBytes.length) {
    randomFillSync(randomBytes);
    used = 0;
  }
  used += BYTES_AN_ID;
  return randomBytes.subarray(used - BYTES_AN_ID, used);
}

/** Where the ids of a time begin: those made before it sort below, the others not. */
export function idsFrom(time: Date): string {
  const hex = Math.max(0, time.getTime()).toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
}

/** The namespace of derived ids: any fixed id would do. */
const DERIVED = '0193a5c2-8f4e-7c1b-9d36-5e2f7a1c4b80';

/** An id that is the same for the same name: who derives it a second time means the same thing. */
export function derivedId(name: string): string {
  return v5(name, DERIVED);
}
