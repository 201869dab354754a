import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Mutex } from './mutex.js';
import { whenNotBusy } from './sqlite-busy.js';
import { StatementCache } from './statement-cache.js';

/**
 * Settings of every connection. `synchronous = NORMAL` in WAL mode loses no commit when a process dies, and at worst the last
 * ones (never consistency) when the machine does: work whose outcome is lost so is run again.
 */
const SETTINGS = `
  PRAGMA synchronous = NORMAL;
  PRAGMA foreign_keys = ON;
  PRAGMA cache_size = -32768;
  PRAGMA temp_store = MEMORY;
  PRAGMA journal_size_limit = 67108864;
`;

/**
 * Pages (4 KiB each) in the write-ahead log before a commit moves them into the file: 64 MiB. Deliberately long: the default of
 * 1,000 makes a bulk load write its pages twice and wait for the disk each time.
 */
const WAL_AUTOCHECKPOINT_PAGES = 16_384;

/** Short, because a wait inside SQLite holds up the process; the longer waits are `whenNotBusy`'s. */
const BUSY_TIMEOUT_MS = 10;

/** One of the two connections to the file. */
export class SqliteHandle {
  readonly statements: StatementCache;

  constructor(readonly database: DatabaseSync) {
    this.statements = new StatementCache(database);
  }

  close(): void {
    this.statements.clear();
    if (this.database.isOpen) this.database.close();
  }
}

/**
 * A database file, opened twice: one connection writes, one transaction at a time, and one reads what is committed. So a read
 * never waits for a transaction of this process, nor (in WAL mode) for one of another.
 */
export class SqliteFile {
  /** Who writes. Held for a transaction's length. */
  readonly writing = new Mutex();

  private constructor(
    readonly writer: SqliteHandle,
    readonly reader: SqliteHandle,
  ) {}

  /** Opens the file, made with its folder if there is none. */
  static async open(path: string): Promise<SqliteFile> {
    await mkdir(dirname(path), { recursive: true });
    const writer = await openHandle(path);
    return new SqliteFile(writer, await openHandle(path));
  }

  close(): void {
    this.reader.close();
    this.writer.close();
  }
}

async function openHandle(path: string): Promise<SqliteHandle> {
  const database = new DatabaseSync(path);
  try {
    database.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`);
    // The change to WAL needs the file alone for a moment; several processes may be starting now.
    await whenNotBusy(() => database.exec('PRAGMA journal_mode = WAL'));
    await whenNotBusy(() => database.exec(SETTINGS));
    database.exec(`PRAGMA wal_autocheckpoint = ${WAL_AUTOCHECKPOINT_PAGES}`);
  } catch (error) {
    database.close();
    throw error;
  }
  return new SqliteHandle(database);
}
