import { InvalidInputError } from '#shared/domain/errors.js';

/** A parsed NCRONTAB expression: the values that each field allows, ascending. */
export interface Ncrontab {
  readonly seconds: readonly number[];
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly daysOfMonth: ReadonlySet<number>;
  /** 1 is January. */
  readonly months: ReadonlySet<number>;
  /** 0 is Sunday. Both kinds of day must fit, unlike in Unix' cron. */
  readonly daysOfWeek: ReadonlySet<number>;
}

interface FieldForm {
  readonly name: string;
  readonly least: number;
  readonly most: number;
  /** Names for `least`, `least + 1` …; three letters are enough. */
  readonly names?: readonly string[];
}

const MONTHS = [
  'january',
  'february',
  'march',
  'april',
  'may',
  'june',
  'july',
  'august',
  'september',
  'october',
  'november',
  'december',
];
const WEEKDAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];

const SECOND: FieldForm = { name: 'second', least: 0, most: 59 };
const MINUTE: FieldForm = { name: 'minute', least: 0, most: 59 };
const HOUR: FieldForm = { name: 'hour', least: 0, most: 23 };
const DAY: FieldForm = { name: 'day of month', least: 1, most: 31 };
const MONTH: FieldForm = { name: 'month', least: 1, most: 12, names: MONTHS };
const WEEKDAY: FieldForm = { name: 'day of week', least: 0, most: 6, names: WEEKDAYS };

/**
 * Parses `{second} {minute} {hour} {day} {month} {day of week}`, or five fields without the seconds, as Azure's timer trigger
 * takes it. Strict: what other crons know and Azure does not (`?`, `L`, `W`, `#`, Sunday as 7) is refused, and not read in some
 * other way. Throws `InvalidInputError`.
 */
export function parseNcrontab(expression: string): Ncrontab {
  refuseOtherForms(expression);
  const fields = expression.trim().split(/\s+/);
  if (fields.length === 5) fields.unshift('0');
  if (fields.length !== 6) {
    throw new InvalidInputError(
      `The schedule "${expression}" has ${fields.length} fields; it must have six: second minute hour day month day-of-week (or five, without the second).`,
    );
  }
  const [seconds, minutes, hours, days, months, weekdays] = [SECOND, MINUTE, HOUR, DAY, MONTH, WEEKDAY].map(
    (form, index) => parseField(expression, form, fields[index] ?? ''),
  ) as [number[], number[], number[], number[], number[], number[]];
  return {
    seconds,
    minutes,
    hours,
    daysOfMonth: new Set(days),
    months: new Set(months),
    daysOfWeek: new Set(weekdays),
  };
}

/** Whether it fires more often than once a minute: then missed occurrences are not worth remembering. */
export function isSubMinute(ncrontab: Ncrontab): boolean {
  return ncrontab.seconds.length > 1;
}

/** Whether it fires in each hour of its days: it then counts real time, not the clock on the wall. */
export function isEveryHour(ncrontab: Ncrontab): boolean {
  return ncrontab.hours.length === 24;
}

function refuseOtherForms(expression: string): void {
  if (expression.trim() === '') throw new InvalidInputError('The schedule is empty.');
  if (expression.includes('%')) {
    throw new InvalidInputError(
      `The schedule "${expression}" names an app setting; Nightjar does not have app settings yet: write the expression itself.`,
    );
  }
  if (/^\s*-?(\d+\.)?\d+:\d+(:\d+)?/.test(expression)) {
    throw new InvalidInputError(
      `The schedule "${expression}" is a TimeSpan, which Nightjar does not run yet: write it as an NCRONTAB expression.`,
    );
  }
}

function parseField(expression: string, form: FieldForm, text: string): number[] {
  const fail = (why: string): never => {
    throw new InvalidInputError(
      `The schedule "${expression}" is not right in its ${form.name} "${text}": ${why}.`,
    );
  };
  if (/[?LW#]/i.test(text) && !form.names) fail('"?", "L", "W" and "#" are not part of NCRONTAB');
  const values = new Set(text.split(',').flatMap((item) => parseItem(form, item, fail)));
  return [...values].toSorted((a, b) => a - b);
}

type Fail = (why: string) => never;

/** `*`, `5`, `MON`, `1-5`, each with `/step` or without; `5/10` is from 5 to the end in steps of 10. */
function parseItem(form: FieldForm, item: string, fail: Fail): number[] {
  const [range = '', stepText, ...more] = item.split('/');
  if (more.length > 0) fail('there is a "/" too many');
  const step = stepText === undefined ? 1 : parseStep(stepText, fail);
  const { first, last } = parseRange(form, range, stepText !== undefined, fail);
  const values: number[] = [];
  for (let value = first; value <= last; value += step) values.push(value);
  return values;
}

function parseStep(text: string, fail: Fail): number {
  if (!/^[1-9]\d{0,3}$/.test(text)) fail(`the step "${text}" must be a whole number from 1`);
  return Number(text);
}

function parseRange(
  form: FieldForm,
  text: string,
  hasStep: boolean,
  fail: Fail,
): { first: number; last: number } {
  if (text === '*') return { first: form.least, last: form.most };
  const [from = '', to, ...more] = text.split('-');
  if (more.length > 0) fail('there is a "-" too many');
  const first = parseValue(form, from, fail);
  if (to === undefined) return { first, last: hasStep ? form.most : first };
  const last = parseValue(form, to, fail);
  if (last < first) fail(`"${text}" runs backwards`);
  return { first, last };
}

function parseValue(form: FieldForm, text: string, fail: Fail): number {
  const named = form.names?.findIndex((name) => isNameOf(name, text.toLowerCase())) ?? -1;
  if (named >= 0) return form.least + named;
  const value = /^\d{1,2}$/.test(text) ? Number(text) : NaN;
  if (value >= form.least && value <= form.most) return value;
  return fail(`"${text}" is not a value from ${form.least} to ${form.most}${form.names ? ' or a name' : ''}`);
}

function isNameOf(name: string, text: string): boolean {
  return text === name || text === name.slice(0, 3);
}
