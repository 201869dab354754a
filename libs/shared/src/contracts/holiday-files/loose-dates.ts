/** Properties whose values may be dates. */
const DATED = /^((?:DTSTART|DTEND|RDATE|EXDATE|RECURRENCE-ID)(?:;[^:\r\n]*)?):(\d{8}(?:,\d{8})*)[ \t]*$/gim;

/**
 * Says of dates that they are dates. By the standard (RFC 5545, 3.3.4) a value without `VALUE=DATE` is a moment, but many calendars
 * in the wild leave it out, and eight digits can mean nothing else.
 */
export function withDatesMarked(text: string): string {
  return text.replace(DATED, (line, name: string, value: string) =>
    /;VALUE=/i.test(name) ? line : `${name.replace(/;TZID=(?:"[^"]*"|[^;]*)/i, '')};VALUE=DATE:${value}`,
  );
}
