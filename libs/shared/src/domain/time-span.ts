const TIME_SPAN = /^(?:(\d{1,8})\.)?(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.(\d{1,7}))?)?$/;

/**
 * A .NET TimeSpan (`[d.]hh:mm[:ss[.fffffff]]`) as milliseconds, or null when it is none.
 * `24:00:00` is none either: .NET takes it for 24 days, which nobody means who writes it. A day is `1.00:00:00`.
 */
export function parseTimeSpanMs(text: string): number | null {
  const match = TIME_SPAN.exec(text.trim());
  if (!match) return null;
  const [days, hours, minutes, seconds] = match.slice(1, 5).map((part) => Number(part ?? 0)) as [
    number,
    number,
    number,
    number,
  ];
  if (hours > 23 || minutes > 59 || seconds > 59) return null;
  const milliseconds = Number(`0.${match[5] ?? '0'}`) * 1000;
  return (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000 + milliseconds;
}
