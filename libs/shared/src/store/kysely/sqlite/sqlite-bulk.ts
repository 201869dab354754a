import type { SQLInputValue } from 'node:sqlite';
import type { BulkTarget } from '../bulk-write.js';
import type { SqliteHandle } from './sqlite-file.js';

/**
 * Rows per statement. Measured: from 50 rows on, more gain nothing; single rows cost twice as much. The smaller ones carry the
 * rest, so that a table needs four prepared statements whatever number of rows comes.
 */
const STATEMENT_ROWS = [128, 32, 8, 1] as const;

const texts = new Map<BulkTarget, Map<number, string>>();

/** Writes rows by prepared multi-row statements; returns how many were inserted or overwritten. */
export function writeRows(handle: SqliteHandle, target: BulkTarget, values: readonly unknown[]): number {
  const width = target.columns.length;
  let written = 0;
  let from = 0;
  for (const rows of STATEMENT_ROWS) {
    const step = rows * width;
    if (values.length - from < step) continue;
    const { statement } = handle.statements.get(statementText(target, rows));
    for (; values.length - from >= step; from += step) {
      const slice = values.slice(from, from + step) as SQLInputValue[];
      written += Number(statement.run(...slice).changes);
    }
  }
  return written;
}

function statementText(target: BulkTarget, rows: number): string {
  let ofTarget = texts.get(target);
  if (!ofTarget) texts.set(target, (ofTarget = new Map()));
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
