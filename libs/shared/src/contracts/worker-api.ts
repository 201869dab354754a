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

/** Where a worker reads the settings of an app that it was given work of: the work's job has the grant. */
export const APP_SETTINGS_ROUTE = '/internal/app-settings';

export const appSettingsRequestSchema = z.object({
  grant: z.string().min(1, 'must be the grant of a job').max(512, 'must be the grant of a job'),
});

/** Names and values, and their revision. Nothing of it may be written down. */
export const appSettingsAnswerSchema = z.object({
  revision: z.number().int(),
  settings: z.record(z.string(), z.string()),
});

export type AppSettingsAnswer = z.output<typeof appSettingsAnswerSchema>;

/** Where a worker exchanges an enrolment token for a key of its machine's own. Asks for no other key. */
export const ENROLMENT_ROUTE = '/internal/enrolment';

/** The worker makes the key itself and sends its hash: the key never travels, and a lost answer can be asked for again. */
export const enrolmentRequestSchema = z.object({
  token: z.string().min(16, 'must have at least 16 characters').max(256, 'must have at most 256 characters'),
  machineId: z.uuid('must be the id that the worker made for its machine (a UUID)'),
  keyHash: z.string().regex(/^[0-9a-f]{64}$/, 'must be a sha256 in lower-case hexadecimal'),
});

export type EnrolmentBody = z.infer<typeof enrolmentRequestSchema>;
