import { z } from 'zod';

/**
 * Management's routes for workers, all under `/internal` with `Authorization: Bearer <worker key>`.
 * A worker asks for a URL and reads the file by it, with a `Range` header for a part; the URL needs no key but expires.
 */
export const FILE_URL_ROUTE = '/internal/file-urls';

export const fileUrlRequestSchema = z.object({
  digest: z.string().regex(/^[0-9a-f]{64}$/, 'must be a sha256 in lower-case hexadecimal'),
});

export interface FileUrlAnswer {
  readonly url: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}
