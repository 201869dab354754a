import type { OwnerSession } from '../capacity/sensors/machine-sensors.js';
import type { MachineReadings } from '../capacity/sensors/readings.js';
import type { Sensed } from '../capacity/sensors/sensed.js';
import type { DiskReading, MemoryReading } from '#shared/domain/capacity/readings.js';

const GB = 1e9;
const MINUTE_S = 60;
const HOUR_S = 3600;
const DAY_S = 86_400;

/** Readings as JSON has them: a value, or why there is none. Never is the text `never`. */
export function sensedJson(readings: MachineReadings): Record<string, unknown> {
  return Object.fromEntries(Object.entries(readings).map(([name, reading]) => [name, plain(reading)]));
}

/** Readings as a table for people, and below it who is logged in. */
export function sensedTable(readings: MachineReadings): readonly string[] {
  const values: readonly (readonly [string, string])[] = [
    ['last input', textOf(readings.inputAgeSeconds, ageText)],
    ['remote desktops', textOf(readings.rdpSessions, String)],
    [
      "others' load",
      textOf(readings.foreignCpuPercent, (percent) => `${percent.toFixed(0)} % of the machine`),
    ],
    ["others' memory", textOf(readings.memory, memoryText)],
    ['power', textOf(readings.power, String)],
    ['exclusive app', textOf(readings.exclusiveApp, (name) => name ?? 'none runs')],
    ['disk', textOf(readings.disk, diskText)],
  ];
  return [...columns(values), '', ...sessionLines(readings.sessions)];
}

function sessionLines(sessions: Sensed<readonly OwnerSession[]>): readonly string[] {
  if (!sessions.known) return [`sessions unknown: ${sessions.why}`];
  if (sessions.value.length === 0) return ['Nobody is logged in.'];
  return columns([['session', 'user', 'kind', 'last input', 'locked'], ...sessions.value.map(sessionRow)]);
}

function sessionRow({ id, user, kind, connected, inputAgeSeconds, locked }: OwnerSession): readonly string[] {
  return [
    id,
    user,
    connected ? kind : `${kind}, disconnected`,
    textOf(inputAgeSeconds, ageText),
    textOf(locked, (is) => (is ? 'yes' : 'no')),
  ];
}

/** Exact where a second counts, rough where it does not. */
export function ageText(seconds: number): string {
  if (seconds === Infinity) return 'never';
  if (seconds < MINUTE_S) return `${Math.round(seconds)} s ago`;
  if (seconds < HOUR_S) return `${Math.floor(seconds / MINUTE_S)} min ago`;
  if (seconds < DAY_S) return `${Math.floor(seconds / HOUR_S)} h ago`;
  return `${Math.floor(seconds / DAY_S)} d ago`;
}

function memoryText({ totalBytes, foreignBytes, ownBytes }: MemoryReading): string {
  return `${gigabytes(foreignBytes)} of ${gigabytes(totalBytes)} GB, and ${gigabytes(ownBytes)} GB ours`;
}

function diskText({ freeBytes, totalBytes }: DiskReading): string {
  const percent = Math.floor((100 * freeBytes) / totalBytes);
  return `${gigabytes(freeBytes)} of ${gigabytes(totalBytes)} GB free (${percent} %)`;
}

function gigabytes(bytes: number): string {
  return (bytes / GB).toFixed(1);
}

function textOf<T>(sensed: Sensed<T>, text: (value: T) => string): string {
  return sensed.known ? text(sensed.value) : `unknown: ${sensed.why}`;
}

function columns(rows: readonly (readonly string[])[]): readonly string[] {
  const widths =
    rows[0]?.map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length))) ?? [];
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

/** Unpacks what is sensed, at whatever depth. */
function plain(value: unknown): unknown {
  if (value === Infinity) return 'never';
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  const sensed = value as Sensed<unknown>;
  if (sensed.known === true) return plain(sensed.value);
  if (sensed.known === false) return { unknown: sensed.why };
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, plain(part)]));
}
