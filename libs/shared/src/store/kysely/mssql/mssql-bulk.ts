import sql from 'mssql';
import type { BulkRows, BulkTarget } from '../bulk-write.js';
import { DDL_TYPES, DRIVER_TYPES } from './mssql-types.js';

/**
 * A bulk load goes into a temporary table first, because the driver's bulk load can't leave out what is there already;
 * from there one UPDATE and one INSERT bring it over. These are the texts of that.
 */
export interface StagingTexts {
  readonly stageName: string;
  readonly create: string;
  /** Answers one row: `written`, the number of rows that were updated or inserted. */
  readonly bringOver: string;
}

const texts = new Map<BulkTarget, StagingTexts>();

/** Built once per target. */
export function stagingTexts(target: BulkTarget): StagingTexts {
  let built = texts.get(target);
  if (!built) texts.set(target, (built = buildTexts(target)));
  return built;
}

function buildTexts(target: BulkTarget): StagingTexts {
  const stageName = `#nightjar_${target.table}`;
  const columns = target.columns.map(
    (column) => `[${column.name}] ${DDL_TYPES[column.kind]} ${column.nullable ? 'null' : 'not null'}`,
  );
  return {
    stageName,
    create: `create table [${stageName}] (${columns.join(', ')})`,
    bringOver: [
      'declare @written int = 0',
      ...(target.overwrite
        ? [updateText(target, target.overwrite, stageName), 'set @written = @@rowcount']
        : []),
      insertText(target, stageName),
      'set @written = @written + @@rowcount',
      `drop table [${stageName}]`,
      'select @written as [written]',
    ].join(';\n'),
  };
}

function updateText(
  target: BulkTarget,
  overwrite: NonNullable<BulkTarget['overwrite']>,
  stage: string,
): string {
  const set = overwrite.columns.map((name) => `[${name}] = [fresh].[${name}]`).join(', ');
  return (
    `update [stored] set ${set} from [${target.table}] as [stored] ` +
    `inner join [${stage}] as [fresh] on ${sameKey(target)} where ${overwrite.when('[stored]', '[fresh]')}`
  );
}

function insertText(target: BulkTarget, stage: string): string {
  const names = target.columns.map((column) => `[${column.name}]`).join(', ');
  const fresh = target.columns.map((column) => `[fresh].[${column.name}]`).join(', ');
  return (
    `insert into [${target.table}] (${names}) select ${fresh} from [${stage}] as [fresh] ` +
    `where not exists (select 1 from [${target.table}] as [stored] where ${sameKey(target)})`
  );
}

function sameKey(target: BulkTarget): string {
  return target.key.map((name) => `[stored].[${name}] = [fresh].[${name}]`).join(' and ');
}

/** The rows as the driver wants them. Of two rows with one key the first stays: the INSERT could not take both. */
export function stagingTable(target: BulkTarget, rows: BulkRows): sql.Table {
  const table = new sql.Table(stagingTexts(target).stageName);
  for (const column of target.columns) {
    table.columns.add(column.name, DRIVER_TYPES[column.kind](), { nullable: column.nullable ?? false });
  }
  const keyIndexes = target.key.map((name) => target.columns.findIndex((column) => column.name === name));
  const seen = new Set<string>();
  for (let index = 0; index < rows.count; index++) {
    const values: unknown[] = [];
    rows.fill(index, values, 0);
    const key = JSON.stringify(keyIndexes.map((keyIndex) => values[keyIndex]));
    if (seen.has(key)) continue;
    seen.add(key);
    table.rows.push(rowOf(target, values) as never);
  }
  return table;
}

function rowOf(target: BulkTarget, values: readonly unknown[]): unknown[] {
  return values.map((value, index) => {
    const kind = target.columns[index]?.kind;
    if (value === null || value === undefined) return null;
    if (kind === 'time') return new Date(value as number);
    return kind === 'flag' ? Boolean(value) : value;
  });
}
