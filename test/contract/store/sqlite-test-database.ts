import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStores } from '#shared/store/kysely/open-stores.js';
import type { TestDatabase } from './database-under-test.js';
import type { SharedDatabase } from './processes-contract.js';

/** A new SQLite file in a folder of its own, by its URL. */
export async function createSqliteFile(): Promise<SharedDatabase> {
  const folder = await mkdtemp(join(tmpdir(), 'nightjar-store-'));
  return {
    databaseUrl: `sqlite:${join(folder, 'nightjar.db')}`,
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

export async function createSqliteDatabase(): Promise<TestDatabase> {
  const { databaseUrl, remove } = await createSqliteFile();
  return { connect: () => openStores({ databaseUrl }), remove };
}
