const format = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 0 });

/** A count as people read it: 10,000. */
export function count(value: number): string {
  return format.format(value);
}

/** A duration as people read it: 800 ms, 12 s, 3 min 20 s, 2 h 5 min. */
export function duration(milliseconds: number): string {
  if (milliseconds < 1_000) return `${Math.round(milliseconds)} ms`;
  const seconds = Math.round(milliseconds / 1_000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
