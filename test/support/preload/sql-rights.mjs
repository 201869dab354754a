// Started with `node --import`: lets this process do in SQLite only what the rights in the file SQL_RIGHTS allow, as a login of
// SQL Server with grants per table would. What was refused is noted in SQL_RIGHTS + '.refused', a line each.
import { appendFileSync, readFileSync } from 'node:fs';
import { constants, DatabaseSync } from 'node:sqlite';

const { SQL_RIGHTS } = process.env;
/** @type {Record<string, string[]>} */
const rights = JSON.parse(readFileSync(SQL_RIGHTS, 'utf8'));
const VERBS = new Map([
  [constants.SQLITE_READ, 'select'],
  [constants.SQLITE_INSERT, 'insert'],
  [constants.SQLITE_UPDATE, 'update'],
  [constants.SQLITE_DELETE, 'delete'],
]);
/** What a login without rights on the schema can't do. Temporary tables are anybody's. */
const SCHEMA_CHANGES = new Set([
  constants.SQLITE_CREATE_INDEX,
  constants.SQLITE_CREATE_TABLE,
  constants.SQLITE_CREATE_TRIGGER,
  constants.SQLITE_CREATE_VIEW,
  constants.SQLITE_DROP_INDEX,
  constants.SQLITE_DROP_TABLE,
  constants.SQLITE_ALTER_TABLE,
]);

/** @param {number} action @param {string | null} table @param {string | null} database */
function isAllowed(action, table, database) {
  if (SCHEMA_CHANGES.has(action)) return false;
  const verb = VERBS.get(action);
  if (verb === undefined || database === 'temp' || table === null || /^(sqlite|pragma)_/.test(table))
    return true;
  return rights[table]?.includes(verb) ?? false;
}

const guarded = new WeakSet();
for (const method of ['prepare', 'exec']) {
  const original = DatabaseSync.prototype[method];
  DatabaseSync.prototype[method] = function (...args) {
    if (!guarded.has(this)) {
      guarded.add(this);
      this.setAuthorizer((action, table, column, database) => {
        if (isAllowed(action, table, database)) return constants.SQLITE_OK;
        appendFileSync(`${SQL_RIGHTS}.refused`, `${VERBS.get(action) ?? action} ${table}.${column}\n`);
        return constants.SQLITE_DENY;
      });
    }
    return original.apply(this, args);
  };
}
