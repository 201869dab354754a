import { parseArgs } from 'node:util';
import { InvalidInputError } from '#shared/domain/errors.js';
import type { Snooze } from '../capacity/control/owner-order.js';

export interface OwnerOptions {
  /** What the owner wants; `off`: the machine is offered again. Absent: he only looks. */
  readonly snooze?: Snooze | 'off';
  readonly json: boolean;
  /** Settings that say which worker is meant, as flags of it. */
  readonly workerFlags: readonly string[];
}

const OPTIONS = {
  snooze: { type: 'string' },
  json: { type: 'boolean', default: false },
  'data-dir': { type: 'string' },
  name: { type: 'string' },
} as const;

const USAGE =
  'Use --snooze <30m|1h|2d|tomorrow|never|off>, --json, and --data-dir <folder> or --name <worker> where the worker has others ' +
  'than this folder and this user’s settings say.';

const MINUTE_MS = 60_000;
const UNIT_MS: Readonly<Record<string, number>> = { m: MINUTE_MS, h: 60 * MINUTE_MS, d: 24 * 60 * MINUTE_MS };
const MOST_MS = 366 * 24 * 60 * MINUTE_MS;
/** Who is up late does not mean midnight by tomorrow. */
const MORNING_HOUR = 6;

/** Reads the flags of `owner`. Throws `InvalidInputError`. */
export function parseOwnerOptions(flags: readonly string[], now: Date): OwnerOptions {
  const { snooze, json, 'data-dir': dataDir, name } = parseFlags(flags);
  const workerFlags = [
    ...(dataDir === undefined ? [] : ['--data-dir', dataDir]),
    ...(name === undefined ? [] : ['--name', name]),
  ];
  return { json, workerFlags, ...(snooze !== undefined && { snooze: snoozeOf(snooze, now) }) };
}

/** Until when, in the machine's own time. */
function snoozeOf(text: string, now: Date): Snooze | 'off' {
  if (text === 'off') return 'off';
  if (text === 'never') return { until: 'never' };
  if (text === 'tomorrow') return { until: tomorrow(now).toISOString() };
  const [, amount, unit = ''] = /^(\d{1,6})([mhd])$/.exec(text) ?? [];
  const milliseconds = Number(amount) * (UNIT_MS[unit] ?? NaN);
  if (milliseconds > 0 && milliseconds <= MOST_MS)
    return { until: new Date(now.getTime() + milliseconds).toISOString() };
  throw new InvalidInputError(`--snooze ${text} is not understood, or is longer than a year.`, [USAGE]);
}

function tomorrow(now: Date): Date {
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() + 1, MORNING_HOUR);
}

function parseFlags(flags: readonly string[]) {
  try {
    return parseArgs({ args: [...flags], options: OPTIONS, strict: true }).values;
  } catch (error) {
    const message = `The flags of owner are not right: ${(error as Error).message}`;
    throw new InvalidInputError(message, [USAGE], { cause: error });
  }
}
