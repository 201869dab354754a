import { z } from 'zod';
import type { BatchRun } from '#shared/domain/batch.js';
import type { CoursePoint } from '#shared/store/run-course-store.js';
import type { Outlook } from './forecasts.js';
import { forecastWords } from './forecast-words.js';
import { DEADLINE_STATES, endedDeadline, UNKNOWNS } from './run-forecast.js';

const moment = z.iso.datetime();

export const forecastView = z.object({
  state: z
    .enum(DEADLINE_STATES)
    .describe(
      'none: it has no deadline. onTime: nine times in ten it is done in time. atRisk: rather yes than no. late: rather no than yes, ' +
        'or the deadline is past. notKnown: yet. Of a run that has ended: onTime or late, as it was.',
    ),
  p50At: moment
    .nullable()
    .describe('It is done then with even odds. Null: not known, or not before its window ends.'),
  p90At: moment.nullable().describe('It is done then nine times in ten.'),
  unknown: z.enum(UNKNOWNS).nullable().describe('Why nothing can be said.'),
  recentItemsPerSecond: z
    .number()
    .nullable()
    .describe('Over the last two minutes or so; null: it has only just begun.'),
  machinesReady: z.number().int().describe('Machines that may run it and take work now.'),
  moreMachines: z
    .number()
    .int()
    .nullable()
    .describe(
      'So many more such machines, from now until the deadline, make it nine times in ten. Null: it has no deadline, or noNumber.',
    ),
  noNumber: z
    .enum(['deadlinePassed', 'beginsTooLate', 'itemTooLong', 'limited', 'tooMany'])
    .nullable()
    .describe('Why no number of machines makes the deadline.'),
  leftAtWindowEnd: z.number().int().describe('About how many items are undone when its window ends.'),
  isFromHistory: z
    .boolean()
    .describe(
      'Whether past weeks are known of its pool; else it is assumed that machines stay as they are now.',
    ),
  message: z.string().describe('The same in words.'),
});

export type ForecastView = z.infer<typeof forecastView>;

export const runProgressView = z.object({
  runId: z.uuid(),
  itemsTotal: z.number().int(),
  forecast: forecastView,
  points: z
    .array(
      z.object({
        at: moment,
        itemsTotal: z.number().int(),
        itemsSucceeded: z.number().int(),
        itemsFailed: z.number().int(),
        itemsCancelled: z.number().int(),
        p50At: moment.nullable().describe('What was expected then.'),
        p90At: moment.nullable(),
      }),
    )
    .describe(
      'By time: each 15 s at first, more rarely the longer the run goes on. The last one is of now, or of its end.',
    ),
});

export type RunProgressView = z.infer<typeof runProgressView>;

/** @param outlook null: the run has ended */
export function toForecastView(run: BatchRun, outlook: Outlook | null, now: Date): ForecastView {
  if (outlook === null) return endedView(run);
  const { forecast, pace, machinesReady } = outlook;
  return {
    state: forecast.deadline,
    p50At: forecast.p50At?.toISOString() ?? null,
    p90At: forecast.p90At?.toISOString() ?? null,
    unknown: forecast.unknown,
    recentItemsPerSecond: pace === null ? null : Math.round(pace.itemsPerSecond * 1000) / 1000,
    machinesReady,
    moreMachines: forecast.more?.count ?? null,
    noNumber: forecast.more?.because ?? null,
    leftAtWindowEnd: forecast.leftAtWindowEnd,
    isFromHistory: forecast.isFromHistory,
    message: forecastWords(forecast, run.deadlineAt, now),
  };
}

function endedView({ deadlineAt, endedAt }: BatchRun): ForecastView {
  const state = endedDeadline(deadlineAt, endedAt);
  const words = { late: 'It ended after its deadline.', onTime: 'It ended before its deadline.' };
  return {
    state,
    p50At: null,
    p90At: null,
    unknown: null,
    recentItemsPerSecond: null,
    machinesReady: 0,
    moreMachines: null,
    noNumber: null,
    leftAtWindowEnd: 0,
    isFromHistory: false,
    message: state === 'late' || state === 'onTime' ? words[state] : '',
  };
}

export function toPointView(point: CoursePoint): RunProgressView['points'][number] {
  return {
    ...point,
    at: point.at.toISOString(),
    p50At: point.p50At?.toISOString() ?? null,
    p90At: point.p90At?.toISOString() ?? null,
  };
}
