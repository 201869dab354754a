import { parseArgs } from 'node:util';
import { InvalidInputError } from '#shared/domain/errors.js';
import type { SimulationParameters } from './simulation.js';

interface Flag {
  readonly default: number;
  readonly least: number;
  readonly most: number;
  readonly isWhole: boolean;
  readonly meaning: string;
}

/** What `npm run simulate` understands. */
const FLAGS: Readonly<Record<string, Flag>> = {
  machines: { default: 5000, least: 1, most: 100_000, isWhole: true, meaning: 'machines in the fleet' },
  days: { default: 30, least: 1, most: 366, isWhole: true, meaning: 'days and nights' },
  seed: {
    default: 1,
    least: 0,
    most: 2 ** 32 - 1,
    isWhole: true,
    meaning: 'the same seed gives the same run',
  },
  'night-hours-per-core': {
    default: 4,
    least: 0.01,
    most: 24,
    isWhole: false,
    meaning: 'core-hours of work that each night brings, by core of the fleet',
  },
  'window-hours': {
    default: 11,
    least: 1,
    most: 24,
    isWhole: false,
    meaning: 'how long the window is open, from 18:00 UTC on',
  },
};

/** Reads the command line. Throws `InvalidInputError` with what is allowed. */
export function parseParameters(args: readonly string[]): SimulationParameters {
  const options = Object.fromEntries(Object.keys(FLAGS).map((name) => [name, { type: 'string' as const }]));
  const values = readFlags(args, options);
  const numberOf = (name: string): number => checkedNumber(name, values[name]);
  return {
    machines: numberOf('machines'),
    days: numberOf('days'),
    seed: numberOf('seed'),
    nightHoursPerCore: numberOf('night-hours-per-core'),
    windowHours: numberOf('window-hours'),
  };
}

function readFlags(
  args: readonly string[],
  options: Record<string, { type: 'string' }>,
): Record<string, unknown> {
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    const usage = Object.entries(FLAGS).map(([name, flag]) => `--${name} (${flag.default}): ${flag.meaning}`);
    throw new InvalidInputError(`The flags are not right: ${(error as Error).message}`, usage, {
      cause: error,
    });
  }
}

function checkedNumber(name: string, text: unknown): number {
  const flag = FLAGS[name] as Flag;
  if (text === undefined) return flag.default;
  const value = typeof text === 'string' && text.trim() !== '' ? Number(text) : NaN;
  if (value >= flag.least && value <= flag.most && (!flag.isWhole || Number.isInteger(value))) return value;
  const kind = flag.isWhole ? 'a whole number' : 'a number';
  throw new InvalidInputError(
    `--${name} must be ${kind} from ${flag.least} to ${flag.most}, and is ${JSON.stringify(text)}.`,
  );
}
