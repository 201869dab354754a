/** A stored time as a `Date`, whichever database it comes from. */
export function asDate(value: number | Date): Date {
  return typeof value === 'number' ? new Date(value) : value;
}

export function asDateOrNull(value: number | Date | null): Date | null {
  return value === null ? null : asDate(value);
}

/** A stored number: SQL Server's driver gives bigint as text, and a sum over no rows is null. */
export function asNumber(value: number | string | bigint | null | undefined): number {
  return Number(value ?? 0);
}

/** A stored flag: SQLite has 0 and 1. */
export function asBoolean(value: number | boolean): boolean {
  return Boolean(value);
}

/** What is absent is null, not the JSON text `null`. */
export function toJson(value: unknown): string | null {
  return value === undefined ? null : JSON.stringify(value);
}

/** The caller names what it once wrote: this column is written by Nightjar only. */
export function fromJson<T>(text: string): T {
  return JSON.parse(text) as T;
}

export function fromJsonOrUndefined<T>(text: string | null): T | undefined {
  return text === null ? undefined : fromJson<T>(text);
}
