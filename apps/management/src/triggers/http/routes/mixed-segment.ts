import type { RouteParameter } from './route-template.js';

type Parts = readonly (string | RouteParameter)[];

/**
 * The parameters' values when a path segment has the form of a mixed one (`{name}.{ext}`), in order; null when it has not.
 * As in ASP.NET the literals are looked for from the right: `a.b.zip` is the name `a.b` with the extension `zip`. Nothing is
 * tried twice, so that a long segment costs no more than its length.
 */
export function matchMixed(parts: Parts, segment: string): readonly string[] | null {
  const whole = matchParts(parts, segment);
  if (whole) return whole;
  const last = parts.at(-1);
  // `{name}.{ext?}`: the extension may be left out, and its dot with it.
  return typeof last === 'object' && last.isOptional ? matchParts(parts.slice(0, -2), segment) : null;
}

function matchParts(parts: Parts, segment: string): readonly string[] | null {
  const lower = segment.toLowerCase();
  const values: string[] = [];
  let end = segment.length;
  let isInParameter = false;
  for (const part of parts.toReversed()) {
    if (typeof part !== 'string') {
      isInParameter = true;
      continue;
    }
    const start = findLiteral(lower, part.toLowerCase(), end, isInParameter);
    if (start < 0) return null;
    if (isInParameter) values.unshift(segment.slice(start + part.length, end));
    isInParameter = false;
    end = start;
  }
  if (isInParameter) values.unshift(segment.slice(0, end));
  const isComplete = isInParameter ? end > 0 : end === 0;
  return isComplete ? values : null;
}

/** A parameter to the right of the literal takes one character at least. */
function findLiteral(text: string, literal: string, end: number, isInParameter: boolean): number {
  const latest = end - literal.length;
  if (!isInParameter) return text.endsWith(literal, end) ? latest : -1;
  return latest < 1 ? -1 : text.lastIndexOf(literal, latest - 1);
}
