import { describe, expect, it } from '@jest/globals';
import { isSigningSecret, webhookHeaders } from './signature.js';

/** The example in the specification of Standard Webhooks and in its libraries' tests. */
const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const ID = 'msg_p5jXN8AQM9LWM0D4loKWxJek';
const AT = new Date(1_614_265_330_000);

describe('webhookHeaders', () => {
  it('signs as the libraries of Standard Webhooks expect', () => {
    expect(webhookHeaders(ID, '{"test": 2432232314}', SECRET, AT)).toEqual({
      'webhook-id': ID,
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    });
  });

  it('signs nothing without a secret', () => {
    expect(Object.keys(webhookHeaders(ID, '{}', null, AT))).toEqual(['webhook-id', 'webhook-timestamp']);
  });
});

describe('isSigningSecret', () => {
  const of = (bytes: number): string => `whsec_${Buffer.alloc(bytes, 7).toString('base64')}`;
  it.each([of(24), of(64), SECRET])('takes %s', (secret) => {
    expect(isSigningSecret(secret)).toBe(true);
  });
  it.each([
    '',
    'whsec_',
    of(23),
    of(65),
    'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
    `${SECRET} `,
    'whsec_not base64!',
  ])('refuses "%s"', (secret) => {
    expect(isSigningSecret(secret)).toBe(false);
  });
});
