import { InvalidInputError, TooLargeError } from '../../domain/errors.js';
import { holidaysOfJson } from './holiday-list.js';
import type { Horizon } from './horizon.js';
import { holidaysOfIcs, type IcsHolidays } from './ics-holidays.js';

/** A country's holidays of a century are less than a tenth of it. */
export const MAX_HOLIDAY_FILE_BYTES = 4 * 2 ** 20;

/** As many as a calendar may have. */
const MAX_HOLIDAYS = 10_000;

/**
 * Reads holidays as a client sends them: an iCalendar file (`text/calendar`) or a JSON list (`application/json`).
 * @param horizon how far repetitions of an iCalendar file are followed
 * @throws InvalidInputError or TooLargeError that says what is wrong with the file
 */
export function readHolidays(mediaType: string, text: string, horizon: Horizon): IcsHolidays {
  if (Buffer.byteLength(text) > MAX_HOLIDAY_FILE_BYTES)
    throw new TooLargeError('file of holidays', MAX_HOLIDAY_FILE_BYTES);
  const read = readAs(mediaType, text, horizon);
  if (read.holidays.length > MAX_HOLIDAYS)
    throw new InvalidInputError(
      `The file has ${read.holidays.length} holidays; a calendar takes ${MAX_HOLIDAYS}: take fewer years.`,
    );
  return read;
}

function readAs(mediaType: string, text: string, horizon: Horizon): IcsHolidays {
  switch (mediaType.split(';')[0]?.trim().toLowerCase()) {
    case 'text/calendar':
      return icsWithHolidays(text, horizon);
    case 'application/json':
      return { holidays: holidaysOfJson(text), notes: [] };
    default:
      throw new InvalidInputError(
        `Holidays are read from text/calendar (an .ics file) or application/json, not from "${mediaType}".`,
      );
  }
}

/** A file without any is most often the wrong one, and would silently make every day a business day. */
function icsWithHolidays(text: string, horizon: Horizon): IcsHolidays {
  const read = holidaysOfIcs(text, horizon);
  if (read.holidays.length > 0) return read;
  throw new InvalidInputError(
    `The file has no whole-day event from ${horizon.from} to ${horizon.to}.`,
    read.notes,
  );
}
