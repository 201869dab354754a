import { z } from 'zod';
import { ianaZoneOf } from '../../domain/scheduling/zone-names.js';

/** Parts that several fields of a definition are made of. What is wrong is said with the limit. */

const DEFINED_NAME_MAX_LENGTH = 128;

const nameRule = `must be a name of 1 to ${DEFINED_NAME_MAX_LENGTH} characters, without slashes, line ends or spaces around it`;

/** The name of a batch, a calendar, a connection, a key: it stands in paths. */
export const definedName = z
  .string(nameRule)
  .regex(new RegExp(`^(?!\\s)[^\\p{Cc}/\\\\]{1,${DEFINED_NAME_MAX_LENGTH}}(?<!\\s)$`, 'u'), nameRule);

/** A number within limits, whole unless said otherwise. */
export function between(least: number, most: number, unit: string): z.ZodNumber {
  const error = given(`must be a whole number from ${least} to ${most} (${unit})`);
  return z.number({ error }).int({ error }).min(least, { error }).max(most, { error });
}

export function anyBetween(least: number, most: number, unit: string): z.ZodNumber {
  const error = given(`must be a number from ${least} to ${most} (${unit})`);
  return z.number({ error }).min(least, { error }).max(most, { error });
}

export function oneOf<const Values extends readonly [string, ...string[]]>(values: Values) {
  return z.enum(values, { error: given(`must be one of ${values.join(', ')}`) });
}

/** An object that has these fields and no others. */
export function fields<Shape extends z.ZodRawShape>(shape: Shape) {
  const known = Object.keys(shape).join(', ');
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? `has no ${issue.keys.map((key) => `"${key}"`).join(', ')}: its fields are ${known}`
        : `must be an object with the fields ${known}`,
  });
}

const timeRule = 'must be a local time of day from "00:00" to "23:59"';

export const timeOfDay = z
  .string({ error: given(timeRule) })
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, { error: given(timeRule) });

const zoneRule = 'must be the IANA name of a time zone, such as "Europe/Berlin", or Windows\' name of it';

/** Kept as the IANA name, so that one zone is always the same text. */
export const zoneName = z
  .string({ error: given(zoneRule) })
  .refine((name) => ianaZoneOf(name) !== null, { error: given(zoneRule) })
  .overwrite((name) => ianaZoneOf(name) ?? name);

export function text(least: number, most: number): z.ZodString {
  const rule = `must be text of ${least} to ${most} characters`;
  return z.string(rule).min(least, rule).max(most, rule);
}

export function list<Element extends z.ZodType>(element: Element, least: number, most: number) {
  const rule = `must be a list of ${least} to ${most}`;
  return z.array(element, rule).min(least, rule).max(most, rule);
}

export const flag = z.boolean('must be true or false');

const LONGEST_GIVEN = 60;

/** Says the rule and what was given instead. */
function given(rule: string): (issue: { readonly input?: unknown }) => string {
  return ({ input }) => {
    if (input === undefined) return rule;
    const shown = JSON.stringify(input) ?? typeof input;
    return `${rule}, and is ${shown.length > LONGEST_GIVEN ? `${shown.slice(0, LONGEST_GIVEN)}…` : shown}`;
  };
}
