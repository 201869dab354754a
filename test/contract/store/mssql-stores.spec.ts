import { describe, it } from '@jest/globals';
import { createMssqlDatabase, createMssqlShared } from './mssql-test-database.js';
import { describeProcesses } from './processes-contract.js';
import { describeStoreContract } from './store-contract.js';

const databaseUrl = process.env['NIGHTJAR_TEST_MSSQL_URL'];

if (databaseUrl) {
  describeStoreContract('SQL Server', () => createMssqlDatabase(databaseUrl));
  describeProcesses('a SQL Server database', () => createMssqlShared(databaseUrl));
} else {
  // Not `console`: jest keeps back what suites say of which nothing runs.
  process.stderr.write(
    'The stores were not tried over SQL Server: NIGHTJAR_TEST_MSSQL_URL is not set ' +
      '(mssql://user:password@host:port/database-with-test-in-its-name?encrypt=…&trustServerCertificate=…).\n',
  );
  describe('the stores over SQL Server', () => {
    it.skip('are left out: NIGHTJAR_TEST_MSSQL_URL is not set', () => undefined);
  });
}
