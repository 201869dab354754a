import { z } from 'zod';
import { InvalidInputError } from '#shared/domain/errors.js';
import type { WorkFigures } from '#shared/domain/function-time.js';
import { DAY_MS } from '#shared/domain/machine-time.js';
import type { TimeRange } from '#shared/store/machine-time-store.js';
import type { OwnerImpact, OwnerWaitRow, WorkGrouping, WorkSum } from '#shared/store/work-store.js';
import { pageLimit } from '../../http/input-pipe.js';
import { capacityRangeSchema } from './capacity-requests.js';
import { csvLine } from '../../http/csv.js';

const USUAL_ROWS = 100;
const USUAL_WORST = 20;

export const badputQuerySchema = capacityRangeSchema.extend({
  by: z
    .enum(['function', 'machine', 'reason'], 'must be function, machine or reason')
    .default('function')
    .describe(
      'What a row is about: a function (what a batch had of it apart from its calls), a machine, or why work was lost.',
    ),
  limit: pageLimit(USUAL_ROWS),
});

export const impactQuerySchema = capacityRangeSchema.extend({ limit: pageLimit(USUAL_WORST) });

export type BadputQuery = z.output<typeof badputQuerySchema>;
export type ImpactQuery = z.output<typeof impactQuerySchema>;

const figuresView = z.object({
  usedHours: z.number().describe('Of calls that came to an end of their own.'),
  badputHours: z.number().describe('Of calls that were lost through no fault of theirs, and must run again.'),
  badputShare: z.number().nullable().describe('Of both together; null: nothing ran.'),
  evictions: z.number().describe('How many calls and chunks were lost.'),
  calls: z.number().describe('How many came to an end.'),
});

const workView = figuresView.extend({
  app: z.string().nullable().describe('Null: the rows are not by function.'),
  function: z.string().nullable(),
  batch: z.string().nullable().describe('Empty: calls.'),
  machineId: z.string().nullable(),
  machine: z.string().nullable().describe('Its name now.'),
  reason: z.string().nullable().describe('Empty: what was not lost.'),
});

export const badputView = z.object({
  from: z.iso.datetime(),
  until: z.iso.datetime(),
  by: z.string(),
  total: figuresView,
  rows: z.array(workView).describe('Those that lost the most first, then those that used the most.'),
  more: z.number().describe('How many rows are left out: ask for text/csv, which has them all.'),
});

export const impactView = z.object({
  count: z.number().describe('How often owners waited.'),
  p50Ms: z.number().nullable().describe('Half of the waits were no longer; null: nobody waited.'),
  p95Ms: z.number().nullable(),
  maxMs: z.number().nullable(),
});

const waitView = z.object({
  at: z.iso.datetime().describe('When the processor was the owner’s.'),
  machineId: z.string(),
  machine: z.string().describe('Its name now.'),
  pool: z.string().describe('Its pool then.'),
  action: z.string().describe('suspend, vacate or kill.'),
  reason: z.string(),
  milliseconds: z.number().describe('From the owner’s input, or what else took the machine back.'),
});

export const ownerImpactView = impactView.extend({
  from: z.iso.datetime(),
  until: z.iso.datetime(),
  worst: z.array(waitView).describe('The longest first.'),
});

export type BadputView = z.infer<typeof badputView>;
export type OwnerImpactView = z.infer<typeof ownerImpactView>;
export type Names = ReadonlyMap<string, string>;
type WorkView = z.infer<typeof workView>;

/** Sums by pool know no machines: those of a thousand machines' week are read from 800,000 rows, which takes a second. */
const MOST_DAYS_BY_MACHINE = 7;

/** Throws `InvalidInputError` where reading it would keep the database from all else. */
export function mustBeReadable({ from, until, machineId }: TimeRange, by: WorkGrouping): void {
  if (by !== 'machine' || machineId !== undefined) return;
  if (until.getTime() - from.getTime() <= MOST_DAYS_BY_MACHINE * DAY_MS) return;
  throw new InvalidInputError(
    `from: must lie at most ${MOST_DAYS_BY_MACHINE} days before until where rows are machines. Ask for less, or for one machine.`,
  );
}

/** Of what calls took, what was lost. */
export function badputShare({ usedMs, badputMs }: Pick<WorkFigures, 'usedMs' | 'badputMs'>): number | null {
  const all = usedMs + badputMs;
  return all === 0 ? null : Math.round((badputMs / all) * 1e5) / 1e5;
}

export function toBadputView(
  { from, until }: TimeRange,
  by: WorkGrouping,
  sums: readonly WorkSum[],
  limit: number,
  names: Names,
): BadputView {
  const sorted = worstFirst(sums);
  return {
    from: from.toISOString(),
    until: until.toISOString(),
    by,
    total: toFigures(totalOf(sums)),
    rows: sorted.slice(0, limit).map((sum) => toWorkView(sum, names)),
    more: Math.max(0, sorted.length - limit),
  };
}

const KEY_COLUMNS: Readonly<Record<WorkGrouping, readonly (keyof WorkView)[]>> = {
  function: ['app', 'function', 'batch'],
  machine: ['machineId', 'machine'],
  reason: ['reason'],
};
const FIGURE_COLUMNS = ['usedHours', 'badputHours', 'badputShare', 'evictions', 'calls'] as const;

export function badputLines(by: WorkGrouping, sums: readonly WorkSum[], names: Names): string {
  const columns = [...KEY_COLUMNS[by], ...FIGURE_COLUMNS];
  const lines = worstFirst(sums).map((sum) => {
    const view = toWorkView(sum, names);
    return csvLine(columns.map((column) => view[column]));
  });
  return [csvLine(columns), ...lines].join('');
}

export function toImpactView({ count, p50Ms, p95Ms, maxMs }: OwnerImpact): z.infer<typeof impactView> {
  return { count, p50Ms, p95Ms, maxMs };
}

export function toOwnerImpactView(
  { from, until }: TimeRange,
  impact: OwnerImpact,
  worst: readonly OwnerWaitRow[],
  names: Names,
): OwnerImpactView {
  return {
    from: from.toISOString(),
    until: until.toISOString(),
    ...toImpactView(impact),
    worst: worst.map((wait) => toWaitView(wait, names)),
  };
}

const WAIT_COLUMNS = Object.keys(waitView.shape) as (keyof z.infer<typeof waitView>)[];

export const WAITS_HEAD = csvLine(WAIT_COLUMNS);

export function waitLine(wait: OwnerWaitRow, names: Names): string {
  const view = toWaitView(wait, names);
  return csvLine(WAIT_COLUMNS.map((column) => view[column]));
}

function toWaitView(wait: OwnerWaitRow, names: Names): z.infer<typeof waitView> {
  return { ...wait, at: wait.at.toISOString(), machine: names.get(wait.machineId) ?? '' };
}

function toWorkView(sum: WorkSum, names: Names): WorkView {
  return {
    app: sum.appName,
    function: sum.functionName,
    batch: sum.batchName,
    machineId: sum.machineId,
    machine: sum.machineId === null ? null : (names.get(sum.machineId) ?? ''),
    reason: sum.reason,
    ...toFigures(sum),
  };
}

function toFigures(figures: WorkFigures): z.infer<typeof figuresView> {
  return {
    usedHours: hours(figures.usedMs),
    badputHours: hours(figures.badputMs),
    badputShare: badputShare(figures),
    evictions: figures.evictions,
    calls: figures.calls,
  };
}

function totalOf(sums: readonly WorkSum[]): WorkFigures {
  const sum = (name: keyof WorkFigures): number => sums.reduce((whole, one) => whole + one[name], 0);
  return {
    usedMs: sum('usedMs'),
    badputMs: sum('badputMs'),
    evictions: sum('evictions'),
    calls: sum('calls'),
  };
}

function worstFirst(sums: readonly WorkSum[]): WorkSum[] {
  return [...sums].sort((a, b) => b.badputMs - a.badputMs || b.usedMs - a.usedMs);
}

/** To a tenth of a second: calls may be short. */
function hours(milliseconds: number): number {
  return Math.round((milliseconds / 3_600_000) * 1e7) / 1e7;
}
