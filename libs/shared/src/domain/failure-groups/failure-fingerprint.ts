import { createHash } from 'node:crypto';
import type { Failure } from '../invocation.js';
import { messageForm } from './message-form.js';
import { userFrames } from './stack-frames.js';

/** So many that no two errors of an installation are taken for one, and few enough to be typed. */
const DIGITS = 16;

/** Their messages cite what the item is, and say nothing more than the type does. */
const SAID_BY_TYPE: ReadonlySet<string> = new Set(['MalformedItem', 'ItemTooLarge']);

/**
 * By what failures are grouped: the type, the message without what differs from item to item, and the top frames of the user's code.
 * The same error with different ids has the same fingerprint, on every machine and in every later run.
 * @returns 16 hexadecimal digits
 */
export function failureFingerprint(failure: Failure): string {
  const message = SAID_BY_TYPE.has(failure.type) ? '' : messageForm(failure.message);
  const parts = [failure.source, failure.type, message, ...userFrames(failure.stack)];
  return createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, DIGITS);
}
