import { parse as parseYaml } from 'yaml';
import { z } from 'zod';
import { withoutPassword } from '#shared/contracts/settings-sources.js';
import { InvalidInputError } from '#shared/domain/errors.js';
import { connectionLocation } from '#shared/store/kysely/rows/open-row-source.js';

const name = z.string().regex(/^[A-Za-z][\w-]{0,63}$/);

/** A URL, or the file that holds it. */
const connection = z.union(
  [z.string().min(1), z.strictObject({ file: z.string().min(1) })],
  'must be the URL of a database, or {file: <path of a file with the URL>}',
);

/**
 * `connections`: a map in the settings file; as a variable or flag the same map as YAML or JSON text, which may stand in a file
 * (`NIGHTJAR_CONNECTIONS_FILE`). Each URL may stand in a file of its own: `erp: {file: /run/secrets/erp-url}`.
 */
export const connectionsSetting = z.preprocess(
  fromText,
  z.record(name, connection, 'must be a map of names (letters, digits, "-", "_") and URLs of databases'),
);

type RawConnections = z.output<typeof connectionsSetting>;

function fromText(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  try {
    return parseYaml(value);
  } catch {
    // The schema says what it must be; the parser's error would quote a password.
    return value;
  }
}

/** Name → URL. Throws `InvalidInputError` that names the connection, never its URL. */
export function readConnections(
  raw: RawConnections,
  readSecretFile: (path: string) => string,
): Readonly<Record<string, string>> {
  const urls = Object.entries(raw).map(([key, value]): [string, string] => {
    const url = typeof value === 'string' ? value : readFile(key, value.file, readSecretFile);
    connectionLocation(key, url);
    return [key, url];
  });
  return Object.freeze(Object.fromEntries(urls));
}

/** For the log. */
export function redactedConnections(connections: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(connections).map(([key, url]) => [key, withoutPassword(url)]));
}

function readFile(key: string, path: string, read: (path: string) => string): string {
  try {
    return read(path).trim();
  } catch (error) {
    throw new InvalidInputError(
      `The connection "${key}": its file can't be read: ${(error as Error).message}`,
      [],
      {
        cause: error,
      },
    );
  }
}
