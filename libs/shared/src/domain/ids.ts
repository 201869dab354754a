import { v5, v7 } from 'uuid';

/** A new UUIDv7 (RFC 9562): sorts by its time of creation, so that indexes on ids grow at one end. */
export function newId(): string {
  return v7();
}

/** The namespace of derived ids: any fixed id would do. */
const DERIVED = '0193a5c2-8f4e-7c1b-9d36-5e2f7a1c4b80';

/** An id that is the same for the same name: who derives it a second time means the same thing. */
export function derivedId(name: string): string {
  return v5(name, DERIVED);
}
