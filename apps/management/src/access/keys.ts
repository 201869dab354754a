import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** 256 random bits, in characters that need no escaping in a URL. */
export function newKey(): string {
  return randomBytes(32).toString('base64url');
}

export function hashOf(key: string): Buffer {
  return createHash('sha256').update(key, 'utf8').digest();
}

/** Compares hashes, so that neither the time taken nor the lengths say anything of the secret. */
export function sameHash(a: Buffer, b: Buffer): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}

/** Whether a presented secret is the expected one. */
export function sameSecret(presented: string, expected: string): boolean {
  return sameHash(hashOf(presented), hashOf(expected));
}
