import { existsSync, readFileSync } from 'node:fs';

/** How often a function was executed for each id, as it noted in a file, an id a line. */
export function executionsIn(file: string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  if (!existsSync(file)) return counts;
  for (const id of readFileSync(file, 'utf8').split('\n').filter(Boolean)) {
    counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  return counts;
}
