import {
  isAlways,
  MINUTES_PER_WEEK,
  type WeeklyHours,
  type WeeklySpan,
} from '../../domain/capacity/weekly-hours.js';
import { WEEKDAYS } from './hours-schema.js';

/** Hours as they are written in a policy. */
export type WrittenHours = 'always' | 'never' | Readonly<Partial<Record<string, readonly string[]>>>;

const DAY = 24 * 60;

/** The opposite of `hoursSchema`: what it reads as the same hours. A span over midnight becomes one on each day. */
export function writtenHours(hours: WeeklyHours): WrittenHours {
  if (isAlways(hours)) return 'always';
  if (hours.length === 0) return 'never';
  const parts = hours.flatMap(partsByDay).sort((one, other) => one.startMinute - other.startMinute);
  const byDay = Map.groupBy(parts, ({ startMinute }) => WEEKDAYS[Math.floor(startMinute / DAY)] ?? '');
  return Object.fromEntries([...byDay].map(([day, spans]) => [day, spans.map(rangeText)]));
}

function partsByDay({ startMinute, minutes }: WeeklySpan): WeeklySpan[] {
  const today = Math.min(minutes, DAY - (startMinute % DAY));
  const part = { startMinute, minutes: today };
  if (today === minutes) return [part];
  const next = (startMinute + today) % MINUTES_PER_WEEK;
  return [part, ...partsByDay({ startMinute: next, minutes: minutes - today })];
}

function rangeText({ startMinute, minutes }: WeeklySpan): string {
  const from = startMinute % DAY;
  return `${clock(from)}-${clock(from + minutes)}`;
}

function clock(minute: number): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${two(Math.floor(minute / 60))}:${two(minute % 60)}`;
}
