import type { WeekSummary } from '../books/week.js';
import { duration } from './duration.js';

type Row = readonly [string, string];

/** Functions that an owner reads; the file has more. */
const MOST_FUNCTIONS = 5;

/**
 * What the last seven days came to, in words.
 * @param hasLastWait the last wait is said elsewhere already
 */
export function weekRows(week: WeekSummary | 'unreadable' | null, hasLastWait: boolean): Row[] {
  if (week === 'unreadable')
    return [['this week', 'week.json is not understood; the worker begins it anew when it starts']];
  if (week === null) return [['this week', 'nothing is known of it']];
  const used = `${hours(week.usedCoreHours)} core-hours of ${hours(week.offeredCoreHours)} that were offered`;
  const rows: Row[] = [
    ['this week', `${used} (${hours(week.offeredHours)} h, since ${week.since})`],
    ['what ran', workText(week)],
    ['sent away', evictionsText(week)],
    ['your waits', waitsText(week)],
  ];
  if (week.lastWait && !hasLastWait) rows.push(['the last one', lastWaitText(week.lastWait)]);
  return rows;
}

function workText({ work }: WeekSummary): string {
  if (work.length === 0) return 'nothing';
  const shown = work
    .slice(0, MOST_FUNCTIONS)
    .map(({ name, usedMs, calls }) => `${name} (${duration(usedMs / 1000)}, ${count(calls, 'call')})`);
  const rest = work.length - shown.length;
  return [...shown, ...(rest > 0 ? [`${rest} more`] : [])].join(', ');
}

function evictionsText({ evictions, lostSeconds }: WeekSummary): string {
  return evictions === 0
    ? 'never'
    : `${count(evictions, 'time')}; ${duration(lostSeconds)} of work were lost`;
}

function waitsText({ waits: { count: times, p95Ms, maxMs } }: WeekSummary): string {
  if (p95Ms === null || maxMs === null) return 'none';
  return `${times}, 95 of 100 no longer than ${seconds(p95Ms)}, the longest ${seconds(maxMs)}`;
}

function lastWaitText({ at, action, reason, milliseconds }: NonNullable<WeekSummary['lastWait']>): string {
  const how = [action, reason].filter(Boolean).join(', ');
  return `${seconds(milliseconds)} (${how}), ${new Date(at).toLocaleString()}`;
}

function count(value: number, word: string): string {
  return `${value} ${word}${value === 1 ? '' : 's'}`;
}

function hours(value: number): string {
  return value.toFixed(1);
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}
