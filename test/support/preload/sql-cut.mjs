// Started with `node --import`: while there is a file SQL_CUT, this process can't reach its SQLite database, as if the network to
// a server were cut.
import { existsSync } from 'node:fs';
import { DatabaseSync, StatementSync } from 'node:sqlite';

const { SQL_CUT } = process.env;
/** SQLITE_CANTOPEN */
const errcode = 14;

/** @param {object} prototype @param {string[]} methods */
function guard(prototype, methods) {
  for (const method of methods) {
    const original = prototype[method];
    prototype[method] = function (...args) {
      if (existsSync(SQL_CUT)) {
        throw Object.assign(new Error('the database is cut off'), { code: 'ERR_SQLITE_ERROR', errcode });
      }
      return original.apply(this, args);
    };
  }
}

guard(DatabaseSync.prototype, ['prepare', 'exec']);
guard(StatementSync.prototype, ['run', 'all', 'get', 'iterate']);
