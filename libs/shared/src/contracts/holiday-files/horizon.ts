import type { LocalDate } from '../../domain/scheduling/local-date.js';

/** From when to when holidays are taken from a file, both days included. What comes back each year has no end of its own. */
export interface Horizon {
  readonly from: LocalDate;
  readonly to: LocalDate;
}
