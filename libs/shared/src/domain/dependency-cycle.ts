/** Whom each batch waits for, by id. */
export type DependencyGraph = ReadonlyMap<string, readonly string[]>;

/**
 * The ids along a cycle through `start`, which comes first and last; null where there is none. The shortest one: that is the
 * easiest to understand.
 */
export function cycleThrough(graph: DependencyGraph, start: string): readonly string[] | null {
  const cameFrom = new Map<string, string>();
  const queue = [start];
  for (let at = queue.shift(); at !== undefined; at = queue.shift()) {
    for (const next of graph.get(at) ?? []) {
      if (next === start) return [...pathTo(cameFrom, start, at), start];
      if (cameFrom.has(next)) continue;
      cameFrom.set(next, at);
      queue.push(next);
    }
  }
  return null;
}

function pathTo(cameFrom: ReadonlyMap<string, string>, start: string, end: string): string[] {
  const path = [end];
  for (let at = end; at !== start;) {
    at = cameFrom.get(at) ?? start;
    path.unshift(at);
  }
  return path;
}
