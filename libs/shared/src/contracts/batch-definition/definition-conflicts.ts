import type { BatchDefinition } from '../../domain/batch-definition.js';

/** Says what is wrong with fields that are each right by themselves; null where nothing is. */
type Conflict = (definition: BatchDefinition) => string | null;

const whenZonesDiffer: Conflict = ({ timeZone, window }) =>
  timeZone !== undefined && window !== undefined && timeZone !== window.timeZone
    ? `timeZone "${timeZone}" and window.timeZone "${window.timeZone}": the window's holds; leave timeZone out`
    : null;

const whenTimeZoneIsIdle: Conflict = ({ timeZone, window, schedule, deadline }) =>
  timeZone !== undefined && window === undefined && schedule === undefined && deadline === undefined
    ? 'timeZone: nothing has local times; add a schedule, a window or a deadline, or leave it out'
    : null;

const whenDeadlineIsOutside: Conflict = ({ deadline, window }) =>
  deadline !== undefined && window !== undefined && !isWithin(deadline, window)
    ? `deadline "${deadline}" and window "${window.start}" to "${window.end}": ` +
      'the deadline must lie after the start and not after the end'
    : null;

const whenNothingUsesTheCalendar: Conflict = ({ calendar, schedule, window }) =>
  calendar !== undefined && schedule === undefined && window === undefined
    ? 'calendar: it chooses days of a schedule or a window, and there is neither; add one or leave it out'
    : null;

const whenDaysHaveNoCalendar: Conflict = ({ on, calendar }) =>
  on !== undefined && calendar === undefined
    ? `on "${on}": the days come from a calendar, and none is named; add calendar or leave on out`
    : null;

const whenATimerHasASchedule: Conflict = ({ input, schedule }) =>
  input.kind === 'none' && schedule !== undefined
    ? 'schedule and input.kind "none": a timer function has a schedule of its own, and would run by both; ' +
      'leave schedule out: give it a window, let it depend on a batch, or run it by request'
    : null;

const whenATimerHasLimitsOfItems: Conflict = ({ input, ...rest }) => {
  const named = (['concurrencyLimit', 'rateLimit', 'failureThreshold'] as const).filter(
    (field) => rest[field] !== undefined,
  );
  return input.kind === 'none' && named.length > 0
    ? `${named.join(', ')} and input.kind "none": they are about items, and there are none; leave them out`
    : null;
};

const whenThresholdIsEmpty: Conflict = ({ failureThreshold }) =>
  failureThreshold !== undefined && Object.values(failureThreshold).every((value) => value === undefined)
    ? 'failureThreshold: it has no limit; give items, percent, warnItems or warnPercent, or leave it out'
    : null;

const whenItWarnsTooLate: Conflict = ({
  failureThreshold: { items, percent, warnItems, warnPercent } = {},
}) =>
  isOver(warnItems, items)
    ? `failureThreshold.warnItems ${warnItems} and failureThreshold.items ${items}: the warning must come before the stop`
    : isOver(warnPercent, percent)
      ? `failureThreshold.warnPercent ${warnPercent} and failureThreshold.percent ${percent}: ` +
        'the warning must come before the stop'
      : null;

const whenConcurrencyIsEmpty: Conflict = ({ concurrencyLimit }) =>
  concurrencyLimit !== undefined && !concurrencyLimit.run && !concurrencyLimit.key
    ? 'concurrencyLimit: it has no limit; give run or key, or leave it out'
    : null;

const whenRetentionIsEmpty: Conflict = ({ retention }) =>
  retention !== undefined && !retention.days && !retention.runs
    ? 'retention: it has no limit; give days or runs, or leave it out'
    : null;

const whenDelaysContradict: Conflict = ({ retry: { backoff, delaySeconds, maxDelaySeconds } = {} }) => {
  if (maxDelaySeconds === undefined) return null;
  if (backoff === 'fixed')
    return 'retry.maxDelaySeconds and retry.backoff "fixed": fixed delays do not grow; leave maxDelaySeconds out';
  return maxDelaySeconds < (delaySeconds ?? 0)
    ? `retry.maxDelaySeconds ${maxDelaySeconds} and retry.delaySeconds ${delaySeconds}: the longest must not be below the first`
    : null;
};

const whenAnErrorIsBoth: Conflict = ({ retry: { on = [], notOn = [] } = {} }) => {
  const both = on.filter((type) => notOn.includes(type));
  return both.length > 0
    ? `retry.on and retry.notOn: both name ${both.map((type) => `"${type}"`).join(', ')}; take it out of one`
    : null;
};

const whenNobodyIsNotified: Conflict = ({ notify }) =>
  notify !== undefined && !notify.webhooks && !notify.emails
    ? 'notify: it says to nobody; give webhooks or emails, or leave it out'
    : null;

const whenFailuresAreCountedInVain: Conflict = ({ notify }) =>
  notify?.afterFailures !== undefined && !notify.on.includes('failed')
    ? `notify.afterFailures ${notify.afterFailures} and notify.on: failures are not said; add "failed" or leave it out`
    : null;

const whenCatchUpIsIdle: Conflict = ({ catchUpSeconds, misfire, schedule, window }) => {
  if (catchUpSeconds === undefined) return null;
  if (misfire === 'skip')
    return `catchUpSeconds ${catchUpSeconds} and misfire "skip": nothing is caught up; leave catchUpSeconds out`;
  return schedule === undefined && window === undefined
    ? `catchUpSeconds ${catchUpSeconds}: nothing can be missed without a schedule or a window; leave it out`
    : null;
};

const whenCsvContradicts: Conflict = ({ input }) => {
  if (input.kind !== 'csv') return null;
  const { delimiter = ',', quote = '"' } = input;
  return delimiter.includes(quote)
    ? `input.delimiter and input.quote: both have ${JSON.stringify(quote)}; they must differ`
    : null;
};

const whenColumnsAreNamedAlike: Conflict = ({ input }) => {
  if (input.kind !== 'csv') return null;
  const { columns = [] } = input;
  const at = columns.findIndex((name, index) => columns.indexOf(name) < index);
  return at >= 0
    ? `input.columns.${at}: "${columns[at]}" is there twice, and would be one field of an item; name it otherwise`
    : null;
};

const whenARangeIsEmpty: Conflict = ({ input }) => {
  if (input.kind !== 'range' || input.step === undefined) return null;
  const { from, to, step } = input;
  return Math.sign(to - from) * Math.sign(step) < 0
    ? `input.step ${step}: from ${from} to ${to} there is nothing in such steps; change its sign`
    : null;
};

const whenItWaitsForItself: Conflict = ({ name, app, input, dependsOn = [] }) => {
  const isItself = (other: { readonly batch: string; readonly app?: string | undefined }): boolean =>
    other.batch === name && (other.app ?? app) === app;
  const at = dependsOn.findIndex(isItself);
  if (at >= 0) return `dependsOn.${at}: a batch can't wait for itself; take it out`;
  return input.kind === 'results' && isItself(input)
    ? 'input.batch: a batch can not take its own results; name another one'
    : null;
};

const whenItDependsTwice: Conflict = ({ app, dependsOn = [] }) => {
  const keys = dependsOn.map((one) => `${one.app ?? app}/${one.batch}`);
  const at = keys.findIndex((key, index) => keys.indexOf(key) < index);
  return at >= 0 ? `dependsOn.${at}: ${keys[at]} is named twice; take one out` : null;
};

const CONFLICTS: readonly Conflict[] = [
  whenZonesDiffer,
  whenTimeZoneIsIdle,
  whenDeadlineIsOutside,
  whenNothingUsesTheCalendar,
  whenDaysHaveNoCalendar,
  whenATimerHasASchedule,
  whenATimerHasLimitsOfItems,
  whenThresholdIsEmpty,
  whenItWarnsTooLate,
  whenConcurrencyIsEmpty,
  whenRetentionIsEmpty,
  whenDelaysContradict,
  whenAnErrorIsBoth,
  whenNobodyIsNotified,
  whenFailuresAreCountedInVain,
  whenCatchUpIsIdle,
  whenCsvContradicts,
  whenColumnsAreNamedAlike,
  whenARangeIsEmpty,
  whenItWaitsForItself,
  whenItDependsTwice,
];

/** The fields of a definition that contradict each other, a sentence each, which names them and says what to do. */
export function conflictsWithin(definition: BatchDefinition): string[] {
  return CONFLICTS.map((conflict) => conflict(definition)).filter((problem) => problem !== null);
}

/** Text of the form `hh:mm` sorts as time. A window whose end is not after its start goes over midnight. */
function isWithin(time: string, { start, end }: { readonly start: string; readonly end: string }): boolean {
  return start < end ? time > start && time <= end : time > start || time <= end;
}

function isOver(one: number | undefined, other: number | undefined): boolean {
  return one !== undefined && other !== undefined && one >= other;
}
