import sql from 'mssql';
import type { DatabaseLocation } from '../database-url.js';

type MssqlLocation = Extract<DatabaseLocation, { kind: 'mssql' }>;

const CONNECT_TIMEOUT_MS = 15_000;
/** Also of the migration lock, which is asked for with a shorter one. */
const REQUEST_TIMEOUT_MS = 30_000;
/** Per process: the stores' transactions are short, and SQL Server shares its own memory among all connections. */
const MAX_CONNECTIONS = 10;

export interface PoolUse {
  /** Says to the server that nothing is written: a readable secondary may then serve it. */
  readonly readOnly?: boolean;
  readonly requestTimeoutMs?: number;
  readonly maxConnections?: number;
}

/** A pool that is not connected yet. */
export function createPool(location: MssqlLocation, use: PoolUse = {}): sql.ConnectionPool {
  return new sql.ConnectionPool({
    server: location.host,
    port: location.port,
    user: location.user,
    password: location.password,
    database: location.database,
    connectionTimeout: CONNECT_TIMEOUT_MS,
    requestTimeout: use.requestTimeoutMs ?? REQUEST_TIMEOUT_MS,
    pool: { max: use.maxConnections ?? MAX_CONNECTIONS, min: 0, idleTimeoutMillis: 30_000 },
    options: {
      appName: 'nightjar',
      encrypt: location.encrypt,
      trustServerCertificate: location.trustServerCertificate,
      useUTC: true,
      readOnlyIntent: use.readOnly ?? false,
    },
  });
}
