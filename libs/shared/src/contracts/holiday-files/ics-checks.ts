import type ICAL from 'ical.js';

type Component = InstanceType<typeof ICAL.Component>;

const DAY = /^(\d{4})-(\d{2})-(\d{2})/;

/** What a rule may have (RFC 5545, 3.3.10). */
const RULE_PARTS: ReadonlySet<string> = new Set(
  ['freq', 'until', 'count', 'interval', 'wkst', 'bysecond', 'byminute', 'byhour'].concat([
    'byday',
    'bymonthday',
    'byyearday',
    'byweekno',
    'bymonth',
    'bysetpos',
  ]),
);

/**
 * What the library takes as if it were right: it makes the 14th of February of the 45th of a 13th month, and passes over parts of
 * rules that it does not know. Either would be a holiday on a wrong day, which nobody sees.
 * @throws Error that says what is wrong
 */
export function checkEvent(event: Component): void {
  for (const name of ['dtstart', 'dtend', 'rdate', 'exdate', 'recurrence-id'])
    for (const property of event.getAllProperties(name))
      for (const value of (property.toJSON() as unknown[]).slice(3)) checkDay(name, value);
  for (const property of event.getAllProperties('rrule')) checkRule((property.toJSON() as unknown[])[3]);
}

function checkDay(name: string, value: unknown): void {
  const [day, year, month, date] = DAY.exec(String(value)) ?? [];
  if (day === undefined) return;
  const [y, m, d] = [Number(year), Number(month), Number(date)];
  const real = new Date(Date.UTC(y, m - 1, d));
  if (real.getUTCMonth() === m - 1 && real.getUTCDate() === d) return;
  throw new Error(`${name.toUpperCase()} is ${day}, and there is no such day`);
}

function checkRule(rule: unknown): void {
  const unknown = Object.keys(rule as object).find((part) => !RULE_PARTS.has(part.toLowerCase()));
  if (unknown === undefined) return;
  throw new Error(
    `its rule has ${unknown.toUpperCase()}, which is not known here; write its days as events or RDATE`,
  );
}
