import type { JsonValue } from '#shared/domain/json.js';

/** One thing that is not the same in two versions. */
export interface Difference {
  /** Such as `window.end` or `dependsOn.0.batch`. */
  readonly field: string;
  /** Null: it was not there. */
  readonly before: JsonValue;
  readonly after: JsonValue;
}

type Record_ = Readonly<Record<string, unknown>>;

/** What changed between two JSON objects, by field, down to the values. Lists of another length are shown whole. */
export function differences(before: Record_, after: Record_, path: readonly string[] = []): Difference[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return keys.flatMap((key) => differencesOf(before[key], after[key], [...path, key]));
}

function differencesOf(before: unknown, after: unknown, path: readonly string[]): Difference[] {
  if (isComparable(before) && isComparable(after) && lengthOf(before) === lengthOf(after))
    return differences(before, after, path);
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  return [{ field: path.join('.'), before: jsonOf(before), after: jsonOf(after) }];
}

function isComparable(value: unknown): value is Record_ {
  return typeof value === 'object' && value !== null;
}

/** -1 of what is no list. */
function lengthOf(value: Record_): number {
  return Array.isArray(value) ? value.length : -1;
}

function jsonOf(value: unknown): JsonValue {
  return (value ?? null) as JsonValue;
}
