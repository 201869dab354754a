import { v7 } from 'uuid';

/** A new UUIDv7 (RFC 9562): sorts by its time of creation, so that indexes on ids grow at one end. */
export function newId(): string {
  return v7();
}
