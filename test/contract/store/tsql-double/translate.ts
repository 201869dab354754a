/** The database's time as the double stores times: milliseconds since 1970. */
const NOW = `cast(round(unixepoch('subsec') * 1000) as integer)`;

/**
 * Says in SQLite's SQL what a statement of ours says in T-SQL. It knows what the stores write and no more: a statement in other words
 * fails in SQLite, which is wanted.
 */
export function toSqlite(tsql: string): string {
  let text = tsql.trim();
  text = text
    .replaceAll('nvarchar(max)', 'ntext')
    .replaceAll(' collate latin1_general_bin2', '')
    .replaceAll('cast(sysutcdatetime() as datetime2(3))', NOW)
    .replace(/create table \[#/, 'create temp table [#')
    .replace(
      /dateadd\(second, (@p\d+), dateadd\(millisecond, (@p\d+), (.+?\) as integer\))\)\)/g,
      '($3 + $1 * 1000 + $2)',
    )
    .replace(
      '[INFORMATION_SCHEMA].[TABLES]',
      `(select name as [TABLE_NAME], 'dbo' as [TABLE_SCHEMA] from sqlite_master where type = 'table')`,
    );
  return outputToReturning(topToLimit(joinedUpdate(text)));
}

function topToLimit(text: string): string {
  const top = /^select top\((\d+)\) /.exec(text);
  return top ? `${text.replace(top[0], 'select ')} limit ${top[1]}` : text;
}

function outputToReturning(text: string): string {
  const output = / output ((?:\[inserted\]\.\[\w+\] as \[\w+\](?:, )?)+)/.exec(text);
  if (!output?.[1]) return text;
  return `${text.replace(output[0], '')} returning ${output[1].replaceAll('[inserted].', '')}`;
}

function joinedUpdate(text: string): string {
  return text.replace(
    /^update \[stored\] set (.+) from \[(\w+)\] as \[stored\] inner join \[(#\w+)\] as \[fresh\] on (.+) where (.+)$/s,
    'update [$2] as [stored] set $1 from [$3] as [fresh] where ($4) and ($5)',
  );
}

/** Declared types by column name, out of a CREATE TABLE: SQLite does not say them of every result. */
export function columnTypesOf(createTable: string): Map<string, string> {
  const types = new Map<string, string>();
  for (const [, name, type] of createTable.matchAll(
    /\[(\w+)\] (nvarchar|datetime2|bigint|int|float|bit)\b/g,
  )) {
    if (name && type) types.set(name, type);
  }
  return types;
}
