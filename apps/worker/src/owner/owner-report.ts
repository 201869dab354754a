import type { Snooze } from '../capacity/control/owner-order.js';
import type { WeekSummary } from '../books/week.js';
import type { OwnerStatus } from '../capacity/control/owner-status.js';
import { duration } from './duration.js';
import { weekRows } from './week-report.js';

/** What there is to tell the owner of a machine. */
export interface OwnerReport {
  /** Null: the worker does not run, or has told nothing for too long. */
  readonly status: OwnerStatus | null;
  /** Null: the owner has said nothing; `unreadable`: something stands there that is not understood, and keeps work away. */
  readonly snooze: Snooze | 'unreadable' | null;
  /** What the machine was used for in the last seven days. Null: nothing is known of them. */
  readonly week: WeekSummary | 'unreadable' | null;
}

const STATES: Readonly<Record<string, string>> = {
  'owner/idle': 'it is yours; nothing is taken',
  'unclaimed/idle': 'its time is offered, and there is no work',
  'claimed/idle': 'work is being got ready',
  'claimed/busy': 'work runs',
  'claimed/suspended': 'work is paused',
  'claimed/retiring': 'work may end; nothing new is taken',
  'preempting/vacating': 'work is being sent away',
  'preempting/killing': 'work is being ended',
  'drained/retiring': 'an administrator takes it out; work may end',
  'drained/idle': 'an administrator has taken it out',
  offline: 'it can not reach management',
  unhealthy: 'its container engine is not ready',
};

const WHEN_ACTIVE: Readonly<Record<OwnerStatus['whenOwnerActive'], string>> = {
  suspend: 'work is paused',
  vacate: 'work is sent away',
  continue: 'work goes on',
};

/** In words, a line each. */
export function ownerLines({ status, snooze, week }: OwnerReport): string[] {
  const rows: (readonly [string, string])[] = [
    ['this machine', machineText(status)],
    ['snooze', snoozeText(snooze)],
  ];
  if (status) {
    rows.push(['when you are there', WHEN_ACTIVE[status.whenOwnerActive]], ['runs here', workText(status)]);
    if (status.lastRelease) rows.push(['you last waited', releaseText(status.lastRelease)]);
  }
  rows.push(...weekRows(week, Boolean(status?.lastRelease)));
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, text]) => `${name.padEnd(width)}  ${text}`);
}

function machineText(status: OwnerStatus | null): string {
  if (!status) return 'the worker does not run';
  if (status.state === null) return 'dedicated: work runs whenever there is some';
  const words = `${status.state} for ${duration(status.seconds ?? 0)}: ${STATES[status.state] ?? 'unknown'}`;
  return status.reason === null ? words : `${words} (${status.reason})`;
}

function snoozeText(snooze: OwnerReport['snooze']): string {
  if (snooze === null) return 'off';
  if (snooze === 'unreadable')
    return 'snooze.json is not understood: no work is taken. Use --snooze off, or another.';
  return snooze.until === 'never' ? 'never work here' : `until ${new Date(snooze.until).toLocaleString()}`;
}

function workText({ work }: OwnerStatus): string {
  if (work.length === 0) return 'nothing';
  return work
    .map(({ kind, functionName, seconds }) => `${functionName ?? kind} (${kind}, ${duration(seconds)})`)
    .join(', ');
}

function releaseText({ seconds, by, reason }: NonNullable<OwnerStatus['lastRelease']>): string {
  return `${seconds.toFixed(1)} s for the processor (${[by, reason].filter(Boolean).join(', ')})`;
}
