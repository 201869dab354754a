import type { Schema } from './schema.js';

type Verb = 'select' | 'insert' | 'update' | 'delete';

/** The tables that there are; in the last Kysely notes its migrations, and a worker looks whether the schema is there. */
type TableName = keyof Schema | 'kysely_migration';

/**
 * All that a worker does in SQL, by table. It makes no schema, and reads neither keys nor tokens nor secrets. What management
 * orders it may read and not write.
 */
export const WORKER_RIGHTS: Readonly<Partial<Record<TableName, readonly Verb[]>>> = {
  kysely_migration: ['select'],
  function_apps: ['select'],
  app_versions: ['select'],
  container_settings: ['select'],
  functions: ['select'],
  invocations: ['select', 'insert', 'update'],
  invocation_logs: ['select', 'insert'],
  batch_runs: ['select'],
  batch_chunks: ['select', 'update'],
  batch_items: ['select', 'insert', 'update'],
  machines: ['select', 'insert', 'update'],
  machine_states: ['select', 'insert', 'update'],
  function_durations: ['select', 'insert', 'update'],
  unsummed_hours: ['select', 'insert'],
  function_time: ['select', 'insert', 'update'],
  owner_releases: ['select', 'insert'],
  machine_orders: ['select'],
  capacity_policies: ['select'],
  catalogue_revision: ['select'],
};

/** Bulk loads go through a temporary table, which needs no right of its own. */
const HEAD = `-- The SQL Server login of Nightjar's workers, with the least rights: see docs/guides/operations.md.
-- Made from libs/shared/src/store/kysely/worker-rights.ts. Run it in Nightjar's database, once management has made its tables
-- there, and again after each upgrade; choose the password first. Management needs a login of its own that owns the schema.

IF NOT EXISTS (SELECT 1 FROM sys.server_principals WHERE name = N'nightjar_worker')
  CREATE LOGIN nightjar_worker WITH PASSWORD = N'$(WorkerPassword)';
IF NOT EXISTS (SELECT 1 FROM sys.database_principals WHERE name = N'nightjar_worker')
  CREATE USER nightjar_worker FOR LOGIN nightjar_worker;
`;

/** The script that makes workers' login (`deploy/sql/worker-login.sql`), for sqlcmd: `-v WorkerPassword=…`. */
export function workerLoginScript(): string {
  const grants = Object.entries(WORKER_RIGHTS).map(
    ([table, verbs]) =>
      `GRANT ${verbs.join(', ').toUpperCase()} ON OBJECT::dbo.${table} TO nightjar_worker;\n`,
  );
  return `${HEAD}\n${grants.join('')}`;
}
