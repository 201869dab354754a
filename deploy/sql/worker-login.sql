-- The SQL Server login of Nightjar's workers, with the least rights: see docs/guides/operations.md.
-- Made from libs/shared/src/store/kysely/worker-rights.ts. Run it in Nightjar's database, once management has made its tables
-- there, and again after each upgrade; choose the password first. Management needs a login of its own that owns the schema.

IF NOT EXISTS (SELECT 1 FROM sys.server_principals WHERE name = N'nightjar_worker')
  CREATE LOGIN nightjar_worker WITH PASSWORD = N'$(WorkerPassword)';
IF NOT EXISTS (SELECT 1 FROM sys.database_principals WHERE name = N'nightjar_worker')
  CREATE USER nightjar_worker FOR LOGIN nightjar_worker;

GRANT SELECT ON OBJECT::dbo.kysely_migration TO nightjar_worker;
GRANT SELECT ON OBJECT::dbo.function_apps TO nightjar_worker;
GRANT SELECT ON OBJECT::dbo.app_versions TO nightjar_worker;
GRANT SELECT ON OBJECT::dbo.container_settings TO nightjar_worker;
GRANT SELECT ON OBJECT::dbo.functions TO nightjar_worker;
GRANT SELECT, INSERT, UPDATE ON OBJECT::dbo.invocations TO nightjar_worker;
GRANT SELECT, INSERT ON OBJECT::dbo.invocation_logs TO nightjar_worker;
GRANT SELECT ON OBJECT::dbo.batch_runs TO nightjar_worker;
GRANT SELECT, UPDATE ON OBJECT::dbo.batch_chunks TO nightjar_worker;
GRANT SELECT, INSERT, UPDATE ON OBJECT::dbo.batch_items TO nightjar_worker;
GRANT SELECT, INSERT, UPDATE ON OBJECT::dbo.machines TO nightjar_worker;
GRANT SELECT, INSERT, UPDATE ON OBJECT::dbo.machine_states TO nightjar_worker;
GRANT SELECT, INSERT, UPDATE ON OBJECT::dbo.function_durations TO nightjar_worker;
GRANT SELECT, INSERT ON OBJECT::dbo.unsummed_hours TO nightjar_worker;
GRANT SELECT, INSERT, UPDATE ON OBJECT::dbo.function_time TO nightjar_worker;
GRANT SELECT, INSERT ON OBJECT::dbo.owner_releases TO nightjar_worker;
GRANT SELECT ON OBJECT::dbo.machine_orders TO nightjar_worker;
GRANT SELECT ON OBJECT::dbo.capacity_policies TO nightjar_worker;
GRANT SELECT ON OBJECT::dbo.catalogue_revision TO nightjar_worker;
