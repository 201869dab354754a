import { z } from 'zod';

const ORIGIN_RULE = 'must be "*" or an origin such as "https://shop.example:8443", without a path';

const originSchema = z
  .string(ORIGIN_RULE)
  .transform((text) => text.trim().replace(/\/$/, '').toLowerCase())
  .refine((text) => text === '*' || isOrigin(text), ORIGIN_RULE);

/** `extensions.http.cors` of host.json: Nightjar's own, since Azure keeps it with the site. */
export const corsSchema = z
  .object(
    {
      allowedOrigins: z.array(originSchema, 'must be a list of origins').default([]),
      supportCredentials: z.boolean('must be true or false').default(false),
    },
    'must be an object',
  )
  .refine(({ allowedOrigins, supportCredentials }) => !supportCredentials || !allowedOrigins.includes('*'), {
    path: ['supportCredentials'],
    error: 'must be false while allowedOrigins has "*": name the origins that may send credentials',
  });

/** Also one of a browser's extension or of an app in a web view: whatever has a scheme and a host. */
function isOrigin(text: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\/[^/?#@\s]+$/.test(text) && URL.canParse(text);
}
