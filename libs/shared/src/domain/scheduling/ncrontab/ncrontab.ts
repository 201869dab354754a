import { InvalidInputError } from '../../errors.js';

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
  /** Names for `least`, `least + 1` …; their first letters are enough. */
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
const FORMS: readonly FieldForm[] = [SECOND, MINUTE, HOUR, DAY, MONTH, WEEKDAY];

/**
 * Parses `{second} {minute} {hour} {day} {month} {day of week}`, or five fields without the seconds, as Azure's timer trigger
 * takes it: names by their first letters, ranges also backwards. What other crons know and Azure does not (`?`, `L`, `W`, `#`,
 * Sunday as 7) is refused, and not read in some other way; so is a step of 0. Throws `InvalidInputError`.
 */
export function parseNcrontab(expression: string): Ncrontab {
  if (expression.trim() === '') throw new InvalidInputError('The schedule is empty.');
  const fields = expression.trim().split(/\s+/);
  if (fields.length === 5) fields.unshift('0');
  if (fields.length !== 6) {
    throw new InvalidInputError(
      `The schedule "${expression}" has ${fields.length} fields; it must have six: second minute hour day month day-of-week (or five, without the second).`,
    );
  }
  const [seconds, minutes, hours, days, months, weekdays] = FORMS.map((form, index) =>
    parseField(expression, form, fields[index] ?? ''),
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

/**
 * The ranges that run backwards, such as `22-6`. Azure turns them round, here `6-22`, and so do we; but who writes one most
 * often means something else, and should be told.
 */
export function reversedRanges(expression: string): readonly string[] {
  const fields = expression.trim().split(/\s+/);
  const forms = fields.length === 5 ? FORMS.slice(1) : FORMS;
  return fields.flatMap((text, index) =>
    text.split(',').filter((item) => {
      const [from = '', to] = (item.split('/')[0] ?? '').split('-');
      const form = forms[index];
      return form !== undefined && to !== undefined && valueOf(form, from) > valueOf(form, to);
    }),
  );
}

/** Whether it fires more often than once a minute: then missed occurrences are not worth remembering. */
export function isSubMinute(ncrontab: Ncrontab): boolean {
  return ncrontab.seconds.length > 1;
}

/** Whether it fires in each hour of its days: it then counts real time, not the clock on the wall. */
export function isEveryHour(ncrontab: Ncrontab): boolean {
  return ncrontab.hours.length === 24;
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
  return { first: Math.min(first, last), last: Math.max(first, last) };
}

function parseValue(form: FieldForm, text: string, fail: Fail): number {
  const value = valueOf(form, text);
  if (value >= form.least && value <= form.most) return value;
  return fail(`"${text}" is not a value from ${form.least} to ${form.most}${form.names ? ' or a name' : ''}`);
}

/** NaN for what is neither a number nor the beginning of a name; of several names it is the first. */
function valueOf(form: FieldForm, text: string): number {
  if (/^\d{1,2}$/.test(text)) return Number(text);
  const named =
    text === '' ? -1 : (form.names?.findIndex((name) => name.startsWith(text.toLowerCase())) ?? -1);
  return named >= 0 ? form.least + named : NaN;
}
