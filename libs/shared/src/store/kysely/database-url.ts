import { InvalidInputError } from '../../domain/errors.js';

/** Where the database is, as `DATABASE_URL` says it. */
export type DatabaseLocation =
  | { readonly kind: 'sqlite'; readonly path: string }
  | {
      readonly kind: 'mssql';
      readonly host: string;
      readonly port: number;
      readonly user: string;
      readonly password: string;
      readonly database: string;
      readonly encrypt: boolean;
      readonly trustServerCertificate: boolean;
    };

const DEFAULT_MSSQL_PORT = 1433;
const FORMS =
  'sqlite:/path/to/file.db or mssql://user:password@host:port/database?encrypt=true&trustServerCertificate=false';

/**
 * Reads `sqlite:<path>` or `mssql://user:password@host[:port]/database[?encrypt=…&trustServerCertificate=…]`; user name and password
 * are percent-encoded where they have characters that a URL reserves.
 * Throws `InvalidInputError` that names DATABASE_URL and never repeats its value: there is a password in it.
 */
export function parseDatabaseUrl(databaseUrl: string): DatabaseLocation {
  if (databaseUrl.startsWith('sqlite:')) return parseSqlite(databaseUrl.slice('sqlite:'.length));
  if (databaseUrl.startsWith('mssql://')) return parseMssql(databaseUrl);
  throw malformed('it begins with neither "sqlite:" nor "mssql://"');
}

function parseSqlite(path: string): DatabaseLocation {
  // Some write the two slashes of other URLs: sqlite:///var/lib/nightjar.db
  const plain = path.startsWith('//') ? path.slice(2) : path;
  if (plain === '' || plain.startsWith(':')) throw malformed('it names no file');
  return { kind: 'sqlite', path: plain };
}

function parseMssql(databaseUrl: string): DatabaseLocation {
  const url = parseUrl(databaseUrl);
  const database = decode(url.pathname.slice(1), 'database');
  if (url.hostname === '') throw malformed('the host is missing');
  if (database === '' || database.includes('/')) throw malformed('the database is missing');
  if (url.username === '') throw malformed('the user is missing');
  for (const name of url.searchParams.keys()) {
    if (name !== 'encrypt' && name !== 'trustServerCertificate')
      throw malformed('it has an unknown parameter');
  }
  return {
    kind: 'mssql',
    host: url.hostname,
    port: url.port === '' ? DEFAULT_MSSQL_PORT : Number(url.port),
    user: decode(url.username, 'user'),
    password: decode(url.password, 'password'),
    database,
    encrypt: flag(url, 'encrypt', true),
    trustServerCertificate: flag(url, 'trustServerCertificate', false),
  };
}

function parseUrl(text: string): URL {
  try {
    return new URL(text);
  } catch {
    // The parser's own error quotes the text.
    throw malformed('it is no URL (are special characters of the password percent-encoded?)');
  }
}

function decode(text: string, what: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw malformed(`the ${what} has a "%" that begins no percent-encoding`);
  }
}

function flag(url: URL, name: string, otherwise: boolean): boolean {
  const value = url.searchParams.get(name);
  if (value === null) return otherwise;
  if (value !== 'true' && value !== 'false') throw malformed(`${name} is neither true nor false`);
  return value === 'true';
}

function malformed(why: string): InvalidInputError {
  return new InvalidInputError(`DATABASE_URL is malformed: ${why}. It must be ${FORMS}.`);
}
