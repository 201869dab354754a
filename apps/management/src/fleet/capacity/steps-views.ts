import { z } from 'zod';
import { InvalidInputError } from '#shared/domain/errors.js';
import { DAY_MS, dayOf } from '#shared/domain/machine-time.js';
import type { TimeRange, TimeStep } from '#shared/store/machine-time-store.js';
import { capacityRangeSchema } from './capacity-requests.js';
import { coreHours } from './capacity-sums.js';
import { sumsView } from './capacity-views.js';
import { csvLine } from '../../http/csv.js';

/** A year by the hour is 8,784 points, for each of ten pools. */
const MOST_POINTS = 100_000;

export const stepsQuerySchema = capacityRangeSchema.omit({ machine: true }).extend({
  step: z
    .enum(['hour', 'day'], 'must be hour or day')
    .default('hour')
    .describe('How long a point is. Days are UTC’s; every day that the range touches is whole.'),
  byPool: z
    .enum(['true', 'false'], 'must be true or false')
    .default('false')
    .describe('Whether each pool has points of its own.'),
});

export type StepsQuery = z.output<typeof stepsQuerySchema>;

const pointView = sumsView.extend({
  at: z.iso.datetime().describe('Its beginning.'),
  pool: z.string().nullable().describe('Null: all pools together.'),
});

export const stepsView = z.object({
  from: z.iso.datetime(),
  until: z.iso.datetime(),
  step: z.string(),
  points: z.array(pointView).describe('In their order; what had no time at all is left out.'),
});

export type StepsView = z.infer<typeof stepsView>;
type PointView = z.infer<typeof pointView>;

/** A range in whole steps. */
export function wholeSteps(range: TimeRange, step: StepsQuery['step']): TimeRange {
  if (step === 'hour') return range;
  const until = new Date(dayOf(range.until.getTime() + DAY_MS - 1));
  return { ...range, from: new Date(dayOf(range.from.getTime())), until };
}

/** Throws `InvalidInputError` for too many. */
export function toStepsView({ from, until }: TimeRange, step: string, steps: readonly TimeStep[]): StepsView {
  if (steps.length > MOST_POINTS) {
    throw new InvalidInputError(
      `from: there are more than ${MOST_POINTS} points. Ask for days, for fewer of them, for one pool, or for text/csv.`,
    );
  }
  return { from: from.toISOString(), until: until.toISOString(), step, points: steps.map(toPoint) };
}

const COLUMNS = [
  'usedCoreHours',
  'offeredCoreHours',
  'allocatedCoreHours',
  'idleCoreHours',
  'ownerCoreHours',
  'downCoreHours',
] as const satisfies readonly (keyof PointView)[];

export function stepsLines(steps: readonly TimeStep[]): string {
  const lines = steps.map((step) => {
    const point = toPoint(step);
    return csvLine([point.at, point.pool, ...COLUMNS.map((column) => point[column])]);
  });
  return [csvLine(['at', 'pool', ...COLUMNS]), ...lines].join('');
}

function toPoint(step: TimeStep): PointView {
  return {
    at: step.at.toISOString(),
    pool: step.pool,
    usedCoreHours: coreHours(step.used),
    offeredCoreHours: coreHours(step.offered),
    allocatedCoreHours: coreHours(step.allocated),
    idleCoreHours: coreHours(step.idle),
    ownerCoreHours: coreHours(step.owner),
    downCoreHours: coreHours(step.down),
  };
}
