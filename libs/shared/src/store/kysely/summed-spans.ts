import { DAY_MS, dayOf } from '../../domain/machine-time.js';

/** Milliseconds since 1970; `untilMs` is not in it. */
export interface Span {
  readonly fromMs: number;
  readonly untilMs: number;
}

/** Where the time of a range is read, so that each hour is read once. */
export interface ReadingPlan {
  /** Whole days, from the sums of days. */
  readonly days: readonly Span[];
  /** The rest of what was added up, from the sums of hours. */
  readonly hours: readonly Span[];
  /** What was not, from the bookings themselves. */
  readonly open: readonly Span[];
}

/** So many pieces make a statement too long; then what lies between them is read from the bookings too, which is right and slow. */
const MOST_PIECES = 40;

/**
 * Takes from sums what stands in them.
 * @param range whole hours
 * @param unsummed hours whose sums do not stand, in any order, within the range or not
 */
export function readingPlan(range: Span, unsummed: readonly Span[]): ReadingPlan {
  const open = joined(unsummed.map((span) => cut(span, range)).filter((span) => span !== null));
  const [first] = open;
  const last = open.at(-1);
  if (first && last && open.length > MOST_PIECES)
    return planOf(range, [{ fromMs: first.fromMs, untilMs: last.untilMs }]);
  return planOf(range, open);
}

function planOf(range: Span, open: readonly Span[]): ReadingPlan {
  const days: Span[] = [];
  const hours: Span[] = [];
  for (const span of between(range, open)) {
    const firstDay = dayOf(span.fromMs + DAY_MS - 1);
    const lastDay = dayOf(span.untilMs);
    if (firstDay >= lastDay) {
      hours.push(span);
      continue;
    }
    days.push({ fromMs: firstDay, untilMs: lastDay });
    if (span.fromMs < firstDay) hours.push({ fromMs: span.fromMs, untilMs: firstDay });
    if (lastDay < span.untilMs) hours.push({ fromMs: lastDay, untilMs: span.untilMs });
  }
  return { days, hours, open };
}

function cut(span: Span, range: Span): Span | null {
  const fromMs = Math.max(span.fromMs, range.fromMs);
  const untilMs = Math.min(span.untilMs, range.untilMs);
  return fromMs < untilMs ? { fromMs, untilMs } : null;
}

/** In order, and one where they touch. */
function joined(spans: readonly Span[]): Span[] {
  const result: Span[] = [];
  for (const span of [...spans].sort((a, b) => a.fromMs - b.fromMs)) {
    const last = result.at(-1);
    if (!last || span.fromMs > last.untilMs) result.push(span);
    else result[result.length - 1] = { ...last, untilMs: Math.max(last.untilMs, span.untilMs) };
  }
  return result;
}

/** What is left of a range. */
function between(range: Span, taken: readonly Span[]): Span[] {
  const rest: Span[] = [];
  let { fromMs } = range;
  for (const span of taken) {
    if (fromMs < span.fromMs) rest.push({ fromMs, untilMs: span.fromMs });
    fromMs = span.untilMs;
  }
  if (fromMs < range.untilMs) rest.push({ fromMs, untilMs: range.untilMs });
  return rest;
}
