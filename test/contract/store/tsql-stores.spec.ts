import { afterAll, describe, expect, it } from '@jest/globals';
import { storesOver } from '#shared/store/kysely/open-stores.js';
import { MssqlEngine } from '#shared/store/kysely/mssql/mssql-engine.js';
import type { TestDatabase } from './database-under-test.js';
import { describeStoreContract } from './store-contract.js';
import { createPoolDouble } from './tsql-double/pool-double.js';
import { complaintsAbout } from './tsql-double/tsql-rules.js';
import { TsqlServer } from './tsql-double/tsql-server.js';

const received = new Set<string>();

/** The double's; what it was sent is kept for the rules below. */
async function createTsqlDatabase(): Promise<TestDatabase> {
  const server = new TsqlServer();
  return {
    connect: async () => storesOver(new MssqlEngine(() => createPoolDouble(server))),
    remove: async () => {
      for (const statement of server.received) received.add(statement);
      server.close();
    },
  };
}

describeStoreContract('the T-SQL dialect and a double of SQL Server', createTsqlDatabase);

describe('the T-SQL that the whole contract needs', () => {
  afterAll(() => received.clear());

  it('is plenty', () => {
    expect(received.size).toBeGreaterThan(100);
  });

  it('keeps to the subset that SQL Server and other TDS servers share', () => {
    const complaints = [...received].flatMap((statement) =>
      complaintsAbout(statement).map((complaint) => `${complaint}: ${statement}`),
    );
    expect(complaints).toEqual([]);
  });
});
