import type { SQLInputValue } from 'node:sqlite';
import type { BulkRows, BulkTarget } from '../bulk-write.js';
import type { SqliteHandle } from './sqlite-file.js';

/**
 * Rows per statement. Measured: from 50 rows on, more gain nothing; single rows cost twice as much. The smaller ones carry the
 * rest, so that a table needs four prepared statements whatever number of rows comes.
 */
const STATEMENT_ROWS = [128, 32, 8, 1] as const;

const texts = new Map<BulkTarget, Map<number, string>>();

/** Writes rows by prepared multi-row statements; returns how many were inserted or overwritten. */
export function writeRows(handle: SqliteHandle, target: BulkTarget, rows: BulkRows): number {
  const width = target.columns.length;
  let written = 0;
  let done = 0;
  for (const size of STATEMENT_ROWS) {
    if (rows.count - done < size) continue;
    const { statement } = handle.statements.get(statementText(target, size));
    const parameters = new Array<SQLInputValue>(size * width);
    for (; rows.count - done >= size; done += size) {
      for (let row = 0; row < size; row++) rows.fill(done + row, parameters, row * width);
      written += Number(statement.run(...parameters).changes);
    }
  }
  return written;
}

function statementText(target: BulkTarget, rows: number): string {
  const ofTarget = texts.get(target) ?? new Map<number, string>();
  texts.set(target, ofTarget);
  let text = ofTarget.get(rows);
  if (!text) ofTarget.set(rows, (text = buildText(target, rows)));
  return text;
}

function buildText(target: BulkTarget, rows: number): string {
  const names = target.columns.map((column) => `"${column.name}"`).join(', ');
  const row = `(${target.columns.map(() => '?').join(', ')})`;
  const values = Array<string>(rows).fill(row).join(', ');
  return `insert into "${target.table}" as "stored" (${names}) values ${values} ${onConflict(target)}`;
}

function onConflict(target: BulkTarget): string {
  const key = `on conflict (${target.key.map((name) => `"${name}"`).join(', ')}) do`;
  if (!target.overwrite) return `${key} nothing`;
  const set = target.overwrite.columns.map((name) => `"${name}" = "excluded"."${name}"`).join(', ');
  return `${key} update set ${set} where ${target.overwrite.when('"stored"', '"excluded"')}`;
}
