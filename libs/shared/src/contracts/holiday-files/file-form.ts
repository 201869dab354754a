import { InvalidInputError } from '../../domain/errors.js';

/**
 * What a file is, told by its beginning: clients send such files under all kinds of types.
 * @throws InvalidInputError for what is neither, such as the page that a portal shows in place of a file
 */
export function holidayMediaType(text: string): 'text/calendar' | 'application/json' {
  const start = text.replace(/^\uFEFF/, '').trimStart();
  if (/^BEGIN:VCALENDAR/i.test(start)) return 'text/calendar';
  if (/^[[{"]/.test(start)) return 'application/json';
  const shown = start.slice(0, 40).split(/[\r\n]/)[0] ?? '';
  throw new InvalidInputError(
    'The file is neither an iCalendar file, which begins with BEGIN:VCALENDAR, nor a JSON list of dates, which begins with [; ' +
      `it ${shown === '' ? 'is empty' : `begins with "${shown}"`}.`,
  );
}

/**
 * The text of a file. iCalendar and JSON are UTF-8, but some programs write what their system writes: UTF-16 with a byte order mark,
 * or windows-1252. Dates are the same in all of them; names would be spoilt.
 */
export function textOfBytes(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}
