import { createHmac } from 'node:crypto';

/**
 * Signatures of webhooks as Standard Webhooks has them (https://www.standardwebhooks.com): receivers find a library for it in most
 * languages.
 */

const PREFIX = 'whsec_';
const LEAST_BYTES = 24;
const MOST_BYTES = 64;

export const SECRET_RULE = `must be "${PREFIX}" and ${LEAST_BYTES} to ${MOST_BYTES} random bytes in Base64: ${PREFIX}$(openssl rand -base64 32)`;

export function isSigningSecret(secret: string): boolean {
  if (!/^whsec_[A-Za-z0-9+/]+={0,2}$/.test(secret)) return false;
  const { length } = keyOf(secret);
  return length >= LEAST_BYTES && length <= MOST_BYTES;
}

/**
 * The headers that every webhook has. Of a retry the id is the same and the timestamp is not.
 * @param secret null: it is not signed
 */
export function webhookHeaders(
  id: string,
  body: string,
  secret: string | null,
  now: Date,
): Record<string, string> {
  const timestamp = String(Math.floor(now.getTime() / 1000));
  const headers = { 'webhook-id': id, 'webhook-timestamp': timestamp };
  if (secret === null) return headers;
  const signature = createHmac('sha256', keyOf(secret)).update(`${id}.${timestamp}.${body}`).digest('base64');
  return { ...headers, 'webhook-signature': `v1,${signature}` };
}

function keyOf(secret: string): Buffer {
  return Buffer.from(secret.slice(PREFIX.length), 'base64');
}
