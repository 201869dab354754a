import { InvalidInputError } from '../errors.js';

const FORM = /^([01]\d|2[0-3]):([0-5]\d)$/;
const MINUTE_MS = 60_000;

/**
 * Milliseconds from midnight to a time of day, on the wall's clock.
 * @param what names the field in the error
 * @throws InvalidInputError
 */
export function parseTimeOfDay(text: string, what: string): number {
  const match = FORM.exec(text);
  if (!match) throw new InvalidInputError(`${what} "${text}" must be a time of day from 00:00 to 23:59.`);
  return (Number(match[1]) * 60 + Number(match[2])) * MINUTE_MS;
}
