import { type BatchRun, itemsDone } from '../api-answers.js';
import { count, duration } from '../terminal/figures.js';

const BAR_CELLS = 24;
/** Before that share is done, the containers' start is most of the time, and a forecast would be of days. */
const FORECAST_FROM_SHARE = 0.02;

/** How far a run is, in one line: a bar, the items, the failures, the speed, the time that is left. */
export function progressLine(run: BatchRun): string {
  const done = itemsDone(run);
  const share = run.itemsTotal === 0 ? 0 : Math.min(1, done / run.itemsTotal);
  const parts = [
    `${bar(share)} ${Math.floor(share * 100)} %`,
    `${count(done)} of ${count(run.itemsTotal)} items`,
    `${count(run.itemsFailed)} failed`,
    ...speedAndRest(run, done),
    ...deadlineWords(run),
  ];
  return parts.join(' · ');
}

function bar(share: number): string {
  const full = Math.round(share * BAR_CELLS);
  return '█'.repeat(full) + '░'.repeat(BAR_CELLS - full);
}

function speedAndRest(run: BatchRun, done: number): string[] {
  if (run.state === 'waiting' || run.state === 'scheduled') return [run.state];
  const speed = run.forecast?.recentItemsPerSecond ?? run.itemsPerSecond;
  if (speed === null || speed <= 0) return [];
  const left = run.itemsTotal - done;
  const isForeseeable = left > 0 && done >= run.itemsTotal * FORECAST_FROM_SHARE;
  const rest = isForeseeable ? [`${duration((left / speed) * 1_000)} left`] : [];
  return [`${count(speed)} items/s`, ...rest];
}

const DEADLINE_WORDS = { onTime: 'in time', atRisk: 'deadline at risk', late: 'LATE' } as const;

/** What becomes of its deadline, with the machines that would make it. */
function deadlineWords({ forecast, deadlineAt }: BatchRun): string[] {
  if (!forecast || !deadlineAt || forecast.state === 'none') return [];
  const due = `due ${deadlineAt.slice(11, 16)} UTC`;
  if (forecast.state === 'notKnown') return [`${due}, not known yet`];
  const { moreMachines } = forecast;
  const more =
    forecast.state === 'onTime' || !moreMachines
      ? ''
      : ` (${count(moreMachines)} more machines would make it)`;
  return [`${due}: ${DEADLINE_WORDS[forecast.state]}${more}`];
}

/** How a run ended, in lines. */
export function endLines(run: BatchRun): string[] {
  const figures = [
    `${count(run.itemsTotal)} items: ${count(run.itemsSucceeded)} succeeded, ${count(run.itemsFailed)} failed`,
    ...(run.itemsCancelled > 0 ? [`${count(run.itemsCancelled)} cancelled`] : []),
  ].join(', ');
  const took = tookMs(run);
  const speed = run.itemsPerSecond === null ? '' : ` at ${count(run.itemsPerSecond)} items/s`;
  return [
    `Run ${run.runId} ${WORDS[run.state]}.`,
    took === undefined ? figures : `${figures}; ${duration(took)}${speed}`,
    ...(run.failure ? [`${run.failure.type}: ${run.failure.message}`] : []),
  ];
}

const WORDS: Readonly<Record<BatchRun['state'], string>> = {
  scheduled: 'is scheduled',
  waiting: 'is waiting',
  running: 'is running',
  draining: 'is draining: its window ends',
  cancelling: 'is being cancelled',
  succeeded: 'succeeded',
  completedWithFailures: 'completed, with failures',
  failed: 'failed',
  cancelled: 'was cancelled',
  carriedOver: 'is carried over: another run goes on with what is left',
};

function tookMs(run: BatchRun): number | undefined {
  if (run.startedAt === null || run.endedAt === null) return undefined;
  return Date.parse(run.endedAt) - Date.parse(run.startedAt);
}
