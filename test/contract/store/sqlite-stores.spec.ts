import { createSqliteDatabase } from './sqlite-test-database.js';
import { describeStoreContract } from './store-contract.js';

describeStoreContract('SQLite', createSqliteDatabase);
