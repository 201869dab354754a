import { readFileSync } from 'node:fs';
import { z } from 'zod';

/** Where the command finds management, and the key it shows there. */
export interface CliSettings {
  readonly managementUrl: string;
  /** Undefined: management asks for none (an installation on one's own machine). */
  readonly adminKey: string | undefined;
}

const schema = z.object({
  NIGHTJAR_URL: z.url({ protocol: /^https?$/ }).default('http://127.0.0.1:7070'),
  NIGHTJAR_ADMIN_KEY: z.string().min(1).optional(),
  NIGHTJAR_ADMIN_KEY_FILE: z.string().min(1).optional(),
});

/** Thrown when the environment holds a setting that can't be used. */
export class InvalidSettingsError extends Error {}

/**
 * Reads the settings once.
 * @throws {InvalidSettingsError} which names the setting
 */
export function readCliSettings(environment: NodeJS.ProcessEnv = process.env): CliSettings {
  const parsed = schema.safeParse(environment);
  if (!parsed.success) throw new InvalidSettingsError(z.prettifyError(parsed.error));
  const { NIGHTJAR_URL, NIGHTJAR_ADMIN_KEY, NIGHTJAR_ADMIN_KEY_FILE } = parsed.data;
  if (NIGHTJAR_ADMIN_KEY !== undefined && NIGHTJAR_ADMIN_KEY_FILE !== undefined) {
    throw new InvalidSettingsError('NIGHTJAR_ADMIN_KEY and NIGHTJAR_ADMIN_KEY_FILE are both set: keep one');
  }
  const adminKey =
    NIGHTJAR_ADMIN_KEY_FILE === undefined ? NIGHTJAR_ADMIN_KEY : secretIn(NIGHTJAR_ADMIN_KEY_FILE);
  return Object.freeze({ managementUrl: NIGHTJAR_URL, adminKey });
}

function secretIn(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw new InvalidSettingsError(`NIGHTJAR_ADMIN_KEY_FILE can't be read: ${String(error)}`, {
      cause: error,
    });
  }
}
