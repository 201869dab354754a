import { z } from 'zod';
import { ENDED_RUN_STATES, INPUT_STATES, RUN_CAUSES, RUN_STATES } from '#shared/domain/batch.js';
import type { BatchRun, RunProgress, StoredItem } from '#shared/domain/batch.js';
import { forecastView, type ForecastView } from './forecast/forecast-views.js';

export const ITEM_STATES = ['succeeded', 'failed', 'cancelled'] as const;

const moment = z.iso.datetime();

const failureView = z.object({
  source: z.enum(['function', 'platform']).describe('Whose fault it was.'),
  type: z.string(),
  message: z.string(),
  stack: z.string().optional(),
});

export const runView = z.object({
  runId: z.uuid(),
  batchId: z.uuid(),
  name: z.string(),
  app: z.string(),
  appVersionId: z.uuid(),
  function: z.string(),
  state: z.enum(RUN_STATES),
  failure: failureView.nullable().describe('Why the run itself could not go on.'),
  inputDigest: z.string().describe('sha256 of the input file.'),
  inputSizeBytes: z.number().int(),
  itemsTotal: z.number().int(),
  itemsSucceeded: z.number().int(),
  itemsFailed: z.number().int(),
  itemsCancelled: z.number().int(),
  itemsHealed: z
    .number()
    .int()
    .optional()
    .describe(
      'Failed items that have succeeded when they were run again. Only of a run that is asked for alone.',
    ),
  itemsPerSecond: z
    .number()
    .nullable()
    .describe('Items with an outcome over the time since the run started.'),
  itemMeanMs: z.number().nullable().describe('Mean duration of an item with an outcome.'),
  chunksTotal: z.number().int().describe('Chunks made so far.'),
  chunksDone: z.number().int(),
  createdAt: moment,
  startedAt: moment.nullable(),
  endedAt: moment.nullable(),
  terminatedAt: moment.nullable().describe('When somebody wanted it ended at once.'),
  batchVersion: z
    .number()
    .int()
    .nullable()
    .describe("The version of the batch's definition that it goes by; null: started without one."),
  cause: z.enum(RUN_CAUSES).describe('Why the run was made.'),
  parentRunId: z.uuid().nullable().describe('The run whose items it runs again, or goes on with.'),
  priority: z.number().int().describe('-100 to 100; more is sooner.'),
  pool: z.string().nullable().describe('The pool of machines that it is for.'),
  plannedAt: moment.nullable().describe('When its schedule wanted it.'),
  businessDate: z.string().nullable().describe('The business day that it belongs to, such as 2026-11-30.'),
  windowEndsAt: moment.nullable(),
  deadlineAt: moment.nullable(),
  notBefore: moment.nullable().describe('Nothing of it begins before.'),
  inputState: z.enum(INPUT_STATES).describe('Whether the file of its items is made.'),
  forecast: forecastView.describe('Whether it will be done in time, as of some seconds ago.'),
  waitReason: z
    .object({ code: z.string(), message: z.string() })
    .nullable()
    .describe('Why it is not running, though it could be.'),
});

export const runListView = z.object({
  runs: z.array(runView),
  next: z.string().optional().describe('The value of "after" for the next page; absent on the last.'),
});

export const startedRunView = runView.pick({ runId: true, batchId: true, itemsTotal: true, state: true });

export const itemListView = z.object({
  items: z.array(
    z.object({
      lineNumber: z.number().int().describe("The item's line in the input, 1 is the first."),
      state: z.enum(ITEM_STATES),
      attempts: z.number().int(),
      startedAt: moment,
      durationMs: z.number(),
      output: z.json().nullable(),
      failure: failureView.nullable(),
      group: z.string().nullable().describe('The failure group of what failed.'),
      earlierFailures: z
        .array(
          z.object({
            attempt: z.number().int(),
            startedAt: moment,
            durationMs: z.number(),
            type: z.string(),
            message: z.string(),
          }),
        )
        .describe(
          'What went wrong in attempts before the last: in the first, and in the nine before the last.',
        ),
      replayedBy: z.uuid().nullable().describe('The newest run that runs this item again.'),
      logs: z.array(
        z.object({
          loggedAt: moment,
          level: z.enum(['trace', 'debug', 'information', 'warning', 'error', 'critical']),
          category: z.enum(['user', 'system', 'stdout', 'stderr']),
          message: z.string(),
        }),
      ),
    }),
  ),
  nextLine: z
    .number()
    .int()
    .optional()
    .describe('The value of "afterLine" for the next page; absent on the last.'),
});

export type RunView = z.infer<typeof runView>;
export type RunListView = z.infer<typeof runListView>;
export type StartedRunView = z.infer<typeof startedRunView>;
export type ItemListView = z.infer<typeof itemListView>;

export interface RunViewFacts {
  readonly progress: RunProgress;
  readonly forecast: ForecastView;
  /** The database's time: a run that goes on is measured up to it. */
  readonly now: Date;
}

export function toRunView(run: BatchRun, { progress, forecast, now }: RunViewFacts): RunView {
  const { itemsSucceeded, itemsFailed, itemsCancelled, itemDurationMsTotal } = progress;
  const itemsRun = itemsSucceeded + itemsFailed;
  return {
    runId: run.id,
    batchId: run.batchId,
    name: run.name,
    app: run.appName,
    appVersionId: run.appVersionId,
    function: run.functionName,
    state: run.state,
    failure: run.failure ?? null,
    inputDigest: run.inputDigest,
    inputSizeBytes: run.inputSizeBytes,
    itemsTotal: run.itemsTotal,
    itemsSucceeded,
    itemsFailed,
    itemsCancelled,
    itemsPerSecond: rate(itemsRun, run, now),
    itemMeanMs: itemsRun > 0 ? round(itemDurationMsTotal / itemsRun) : null,
    chunksTotal: progress.chunksTotal,
    chunksDone: progress.chunksDone,
    createdAt: run.createdAt.toISOString(),
    startedAt: run.startedAt?.toISOString() ?? null,
    endedAt: run.endedAt?.toISOString() ?? null,
    terminatedAt: run.terminatedAt?.toISOString() ?? null,
    forecast,
    ...definitionView(run),
  };
}

/** What a run has from its definition, and why it waits. */
function definitionView(run: BatchRun) {
  return {
    batchVersion: run.batchVersion,
    cause: run.cause,
    parentRunId: run.parentRunId,
    priority: run.priority,
    pool: run.pool,
    plannedAt: run.plannedAt?.toISOString() ?? null,
    businessDate: run.businessDate,
    windowEndsAt: run.windowEndsAt?.toISOString() ?? null,
    deadlineAt: run.deadlineAt?.toISOString() ?? null,
    notBefore: run.notBefore?.toISOString() ?? null,
    inputState: run.inputState,
    waitReason: run.waitReason,
  };
}

function rate(items: number, run: BatchRun, now: Date): number | null {
  if (!run.startedAt) return null;
  const until = ENDED_RUN_STATES.includes(run.state) ? (run.endedAt ?? now) : now;
  const seconds = (until.getTime() - run.startedAt.getTime()) / 1000;
  return seconds > 0 ? round(items / seconds) : null;
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}

export function toItemView(item: StoredItem): ItemListView['items'][number] {
  return {
    lineNumber: item.lineNumber,
    state: item.state,
    attempts: item.attempts,
    startedAt: item.startedAt.toISOString(),
    durationMs: item.durationMs,
    output: item.output ?? null,
    failure: item.failure ?? null,
    group: item.fingerprint ?? null,
    earlierFailures: (item.earlierFailures ?? []).map((failure) => ({
      ...failure,
      startedAt: failure.startedAt.toISOString(),
    })),
    replayedBy: item.replayedBy ?? null,
    logs: (item.logs ?? []).map((line) => ({ ...line, loggedAt: line.loggedAt.toISOString() })),
  };
}
