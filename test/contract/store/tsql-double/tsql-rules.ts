/** What must not stand in a statement, with the reason. Texts within quotes are left out of the search. */
const FORBIDDEN: readonly (readonly [RegExp, string])[] = [
  [/\blimit\b/i, 'LIMIT is no T-SQL'],
  [/\breturning\b/i, 'RETURNING is no T-SQL'],
  [/\bon conflict\b/i, 'ON CONFLICT is no T-SQL'],
  [/\bmerge\b/i, 'MERGE races'],
  [/\bexcluded\b/i, 'EXCLUDED is no T-SQL'],
  [/\bif not exists\b/i, 'IF NOT EXISTS is not T-SQL in DDL'],
  [/\bcreate or alter\b/i, 'not every server has CREATE OR ALTER'],
  [/\bupdate top\b/i, 'not every server has UPDATE TOP'],
  [/\bstrict\b|\bwithout rowid\b|\bpragma\b/i, 'SQLite alone has this'],
  [/\bunixepoch\b|\bdatetime\('now/i, 'SQLite alone has this function'],
  [/\bnow\(\)/i, 'NOW() is no T-SQL'],
  [/\b(?:true|false)\b/i, 'T-SQL has no boolean literals'],
  [/"|`/, 'names stand in brackets'],
  [/\|\|/, 'strings are joined by + or CONCAT'],
  [/\?/, 'parameters have names'],
  [/\bchar\(\d+\)/i, 'char(n) fails in bulk loads'],
  [/\bdatetime\b/i, 'datetime rounds to 3 ms: datetime2(3)'],
  [/\bnolock\b|\breadpast\b|\bupdlock\b/i, 'some servers ignore hints: nothing may rest on them'],
  [/\bwaitfor\b|\bopenjson\b|\bfor json\b|\bpercentile/i, 'not in the subset'],
  [/\balter table\b.*,/is, 'one column an ALTER'],
];

/** Each column that OUTPUT gives has its own name as its alias: some servers fold the case of a name without one. */
const OUTPUT_ITEM = /\[inserted\]\.\[(\w+)\](?: as \[(\w+)\])?/g;

export function complaintsAbout(statement: string): string[] {
  const text = statement.replace(/'(?:[^']|'')*'/g, "''");
  const complaints = FORBIDDEN.filter(([pattern]) => pattern.test(text)).map(([, reason]) => reason);
  for (const [, name, alias] of text.matchAll(OUTPUT_ITEM)) {
    if (alias !== name) complaints.push('OUTPUT without its alias');
  }
  if (/\boffset\b/i.test(text) && !/\border by\b/i.test(text)) complaints.push('OFFSET needs ORDER BY');
  if (/\btop\(/i.test(text) && !/\border by\b/i.test(text))
    complaints.push('TOP without ORDER BY takes any rows');
  return complaints;
}
