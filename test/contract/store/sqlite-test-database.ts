import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStores } from '#shared/store/kysely/open-stores.js';
import type { TestDatabase } from './database-under-test.js';

/** A new SQLite file. */
export async function createSqliteDatabase(): Promise<TestDatabase> {
  const folder = await mkdtemp(join(tmpdir(), 'nightjar-store-'));
  return {
    connect: () => openStores({ databaseUrl: `sqlite:${join(folder, 'nightjar.db')}` }),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
