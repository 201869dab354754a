/**
 * The newest moment in (after, until] of those that `next` leads through, or null. Halves the time that is left instead of going
 * from one moment to the next: some forty steps, however many moments lie in between.
 */
export function latestOf<Moment>(
  next: (after: Date) => Moment | null,
  timeOf: (moment: Moment) => Date,
  after: Date,
  until: Date,
): Moment | null {
  let latest = within(next(after));
  let toMs = until.getTime();
  while (latest) {
    const following = within(next(timeOf(latest)));
    if (!following) return latest;
    latest = following;
    const fromMs = timeOf(latest).getTime();
    const middle = fromMs + Math.floor((toMs - fromMs) / 2);
    const later = within(next(new Date(middle)));
    if (later) latest = later;
    else toMs = middle;
  }
  return null;

  function within(moment: Moment | null): Moment | null {
    return moment && timeOf(moment) <= until ? moment : null;
  }
}
