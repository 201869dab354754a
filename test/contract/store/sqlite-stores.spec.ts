import { describeProcesses } from './processes-contract.js';
import { createSqliteDatabase, createSqliteFile } from './sqlite-test-database.js';
import { describeStoreContract } from './store-contract.js';

describeStoreContract('SQLite', createSqliteDatabase);
describeProcesses('a SQLite file', createSqliteFile);
