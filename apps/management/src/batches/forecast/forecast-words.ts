import type { NoNumber } from './more-machines.js';
import type { RunForecast, Unknown } from './run-forecast.js';

const UNKNOWN_WORDS: Readonly<Record<Unknown, string>> = {
  notBegun: 'It is not known when it begins.',
  inputNotMade: 'How many items it has is known once its input is made.',
  noItemTimes: 'Too few items of this function have run yet to say how long one takes.',
  noMachines: 'No machine that may run it takes work now, and past weeks do not say when one will.',
  tooFar: 'It would not be done within two weeks.',
};

const NO_NUMBER_WORDS: Readonly<Record<NoNumber, string>> = {
  deadlinePassed: 'Its deadline is past.',
  beginsTooLate: 'It may not begin before its deadline, so no number of machines makes it.',
  itemTooLong: 'A single item takes longer than what is left, so no number of machines makes it.',
  limited:
    'Its own limits hold it back, so no number of machines makes it: raise its concurrency or rate limit.',
  tooMany: 'No number of machines that anybody has makes it.',
};

/** A forecast in words, for a person who asks whether it will be done in time. */
export function forecastWords(forecast: RunForecast, deadlineAt: Date | null, now: Date): string {
  return [
    finishWords(forecast, now),
    deadlineWords(forecast, deadlineAt),
    machineWords(forecast),
    windowWords(forecast),
  ]
    .filter((text) => text !== '')
    .join(' ');
}

function finishWords({ unknown, p50At, p90At, isFromHistory }: RunForecast, now: Date): string {
  if (unknown !== null) return `When it is done is not known yet. ${UNKNOWN_WORDS[unknown]}`;
  if (p50At === null) return 'It is not done before its window ends.';
  const late =
    p90At === null ? 'perhaps not before its window ends' : `nine times in ten by ${timeOf(p90At, now)}`;
  const basis = isFromHistory
    ? ''
    : ' This assumes that machines stay as they are now: past weeks are not known yet.';
  return `It is done by about ${timeOf(p50At, now)}, ${late}.${basis}`;
}

function deadlineWords({ deadline, more }: RunForecast, deadlineAt: Date | null): string {
  if (deadlineAt === null || more?.because === 'deadlinePassed') return '';
  const at = deadlineAt.toISOString();
  if (deadline === 'onTime') return `Its deadline ${at} will be met.`;
  if (deadline === 'atRisk') return `Its deadline ${at} is at risk.`;
  return deadline === 'late' ? `Its deadline ${at} will not be met.` : '';
}

function machineWords({ more, deadline }: RunForecast): string {
  if (more === null || deadline === 'onTime') return '';
  if (more.count === null) return NO_NUMBER_WORDS[more.because];
  if (more.count === 0) return '';
  return `${more.count === 1 ? '1 more machine' : `${more.count} more machines`} until then would make it.`;
}

function windowWords({ leftAtWindowEnd }: RunForecast): string {
  if (leftAtWindowEnd === 0) return '';
  return `About ${leftAtWindowEnd} of its items are undone when its window ends.`;
}

/** To the minute; with the date where it is not today's (UTC). */
function timeOf(at: Date, now: Date): string {
  const [date, time] = at.toISOString().split('T');
  const minute = `${time?.slice(0, 5)} UTC`;
  return now.toISOString().startsWith(date ?? '') ? minute : `${date} ${minute}`;
}
