import type { DatabaseSync, StatementSync } from 'node:sqlite';

export interface CachedStatement {
  readonly statement: StatementSync;
  readonly returnsRows: boolean;
}

/** Statements that differ: the stores have fewer than a hundred; IN lists of several lengths add to them. */
const CAPACITY = 300;

/** Prepared statements by their text, the longest unused one dropped first. */
export class StatementCache {
  private readonly statements = new Map<string, CachedStatement>();

  constructor(private readonly database: DatabaseSync) {}

  get(sql: string): CachedStatement {
    const cached = this.statements.get(sql);
    if (cached) {
      // Put it at the young end.
      this.statements.delete(sql);
      this.statements.set(sql, cached);
      return cached;
    }
    const statement = this.database.prepare(sql);
    const fresh = { statement, returnsRows: statement.columns().length > 0 };
    this.statements.set(sql, fresh);
    if (this.statements.size > CAPACITY) this.dropOldest();
    return fresh;
  }

  clear(): void {
    this.statements.clear();
  }

  private dropOldest(): void {
    const [oldest] = this.statements.keys();
    if (oldest !== undefined) this.statements.delete(oldest);
  }
}
