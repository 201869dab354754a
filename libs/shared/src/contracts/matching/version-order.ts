/**
 * Whether a version such as `10.0.20348` or `6.1.0-13-amd64` is another one or a later one. Numbers are compared as numbers, part by
 * part; what is missing counts as 0; what stands between and behind the numbers counts nothing.
 */
export function isAtLeast(version: string, least: string): boolean {
  const [have, want] = [numbersOf(version), numbersOf(least)];
  const length = Math.max(have.length, want.length);
  for (let at = 0; at < length; at++) {
    const difference = (have[at] ?? 0) - (want[at] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}

function numbersOf(version: string): number[] {
  return (/^\D*(\d+(?:\.\d+)*)/.exec(version)?.[1] ?? '').split('.').map(Number);
}
