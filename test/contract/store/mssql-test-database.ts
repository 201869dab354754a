import type mssql from 'mssql';
import { parseDatabaseUrl } from '#shared/store/kysely/database-url.js';
import { createPool } from '#shared/store/kysely/mssql/mssql-pool.js';
import { openStores } from '#shared/store/kysely/open-stores.js';
import type { TestDatabase } from './database-under-test.js';
import type { SharedDatabase } from './processes-contract.js';

/** Ours, those that refer to others first. */
const TABLES = [
  'batch_items',
  'batch_chunks',
  'batch_runs',
  'batches',
  'invocation_logs',
  'invocations',
  'schedule_occurrences',
  'schedules',
  'access_keys',
  'deployments',
  'functions',
  'app_versions',
  'function_apps',
  'machines',
  'installation_secrets',
  'catalogue_revision',
  'kysely_migration',
  'kysely_migration_lock',
];

/**
 * Empties the database of this URL, and gives it. Its name must have "test" in it: whatever of ours is in it is dropped.
 * One suite at a time may use it.
 */
export async function createMssqlShared(databaseUrl: string): Promise<SharedDatabase> {
  await dropTables(databaseUrl);
  return { databaseUrl, remove: () => dropTables(databaseUrl) };
}

export async function createMssqlDatabase(databaseUrl: string): Promise<TestDatabase> {
  const { remove } = await createMssqlShared(databaseUrl);
  return { connect: () => openStores({ databaseUrl }), remove };
}

async function dropTables(databaseUrl: string): Promise<void> {
  const location = parseDatabaseUrl(databaseUrl);
  if (location.kind !== 'mssql' || !location.database.toLowerCase().includes('test')) {
    throw new Error('NIGHTJAR_TEST_MSSQL_URL must name a SQL Server database with "test" in its name');
  }
  const pool: mssql.ConnectionPool = await createPool(location).connect();
  try {
    for (const table of TABLES) await pool.request().batch(`drop table if exists [${table}]`);
  } finally {
    await pool.close();
  }
}
