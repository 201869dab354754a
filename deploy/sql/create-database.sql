-- Makes the database and the login that Nightjar uses. Run by an administrator, as often as wanted:
--   sqlcmd -C -b -S server -U sa -v Database=nightjar Login=nightjar Password="…" -i create-database.sql
-- Nightjar makes its tables itself, in the schema dbo, and changes them when a newer version starts.
-- The password is changed by a second run with another one.

IF DB_ID(N'$(Database)') IS NULL
  CREATE DATABASE [$(Database)];
GO

-- Readers do not wait for writers: progress and lists are read while outcomes are committed.
IF (SELECT is_read_committed_snapshot_on FROM sys.databases WHERE name = N'$(Database)') = 0
  ALTER DATABASE [$(Database)] SET READ_COMMITTED_SNAPSHOT ON WITH ROLLBACK IMMEDIATE;
GO

IF SUSER_ID(N'$(Login)') IS NULL
  CREATE LOGIN [$(Login)] WITH PASSWORD = N'$(Password)', DEFAULT_DATABASE = [$(Database)];
ELSE
  ALTER LOGIN [$(Login)] WITH PASSWORD = N'$(Password)';
GO

USE [$(Database)];
GO

IF USER_ID(N'$(Login)') IS NULL
  CREATE USER [$(Login)] FOR LOGIN [$(Login)] WITH DEFAULT_SCHEMA = dbo;
GO

-- To read and write, to make and change tables, and no more: the login is no owner of the database.
ALTER ROLE db_datareader ADD MEMBER [$(Login)];
ALTER ROLE db_datawriter ADD MEMBER [$(Login)];
ALTER ROLE db_ddladmin ADD MEMBER [$(Login)];
GO
