import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { UnavailableError } from '#shared/domain/errors.js';
import { Database } from './database.js';
import type { DatabaseFault } from './engine.js';
import { SqliteEngine } from './sqlite/sqlite-engine.js';

/** Calls an error what its message says. */
class LabellingEngine extends SqliteEngine {
  override classify(error: unknown): DatabaseFault {
    return (error as Error).message as DatabaseFault;
  }
}

let folder: string;
let database: Database;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nightjar-database-'));
  database = new Database(new LabellingEngine(join(folder, 'test.db')));
});

afterAll(async () => {
  await database.close();
  await rm(folder, { recursive: true, force: true });
});

/** Fails so often, then works. */
function failing(times: number, fault: DatabaseFault) {
  const attempt = {
    count: 0,
    work: async () => {
      attempt.count += 1;
      if (attempt.count <= times) throw new Error(fault);
      return Promise.resolve('worked');
    },
  };
  return attempt;
}

describe('Database', () => {
  it.each<DatabaseFault>(['retry', 'duplicate'])('tries again after "%s"', async (fault) => {
    const attempt = failing(3, fault);
    await expect(database.write(attempt.work)).resolves.toBe('worked');
    expect(attempt.count).toBe(4);
    await expect(database.read(failing(1, fault).work)).resolves.toBe('worked');
  });

  it.each<DatabaseFault>(['unavailable', 'other'])('does not try again after "%s"', async (fault) => {
    const attempt = failing(1, fault);
    await expect(database.write(attempt.work)).rejects.toThrow();
    expect(attempt.count).toBe(1);
  });

  it('gives up, and says that the database is unavailable or what it said itself', async () => {
    await expect(database.write(failing(9, 'retry').work)).rejects.toThrow(UnavailableError);
    await expect(database.write(failing(9, 'unavailable').work)).rejects.toThrow(UnavailableError);
    await expect(database.write(failing(9, 'duplicate').work)).rejects.toThrow(/^duplicate$/);
    await expect(database.write(failing(9, 'other').work)).rejects.toThrow(/^other$/);
  });
});
