/** A time for people: `2026-11-30 06:00 UTC`. Receivers sit in many zones. @param moment ISO 8601, UTC */
export function minuteOf(moment: string): string {
  return `${moment.slice(0, 10)} ${moment.slice(11, 16)} UTC`;
}
