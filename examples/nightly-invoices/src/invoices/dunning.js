import { divideRounded } from './decimal.js';

/**
 * How far an unpaid invoice has come, from `fromDay` days after it was due:
 * 0 nothing yet · 1 a friendly reminder · 2 a reminder with a fee · 3 a last demand · 4 handed to collection.
 */
const LEVELS = [
  { level: 4, fromDay: 70, feeEuroCents: 4000n },
  { level: 3, fromDay: 42, feeEuroCents: 1500n },
  { level: 2, fromDay: 21, feeEuroCents: 500n },
  { level: 1, fromDay: 7, feeEuroCents: 0n },
  { level: 0, fromDay: 0, feeEuroCents: 0n },
];

/** From this level on interest is charged. */
const INTEREST_FROM_LEVEL = 2;
/** Yearly, in hundredths of a percent: late payment between businesses, reference rate + 8 points (Directive 2011/7/EU). */
const INTEREST_BASIS_POINTS = 1015n;
const DAYS_PER_YEAR = 365n;
const WHOLE = 10_000n;

/**
 * What is to be done about an open amount.
 * @param {bigint} openEuroCents
 * @param {number} daysOverdue negative before the due date
 * @returns {{ level: number, feeEuroCents: bigint, interestEuroCents: bigint }}
 */
export function dunningOf(openEuroCents, daysOverdue) {
  const row = openEuroCents > 0n ? LEVELS.find(({ fromDay }) => daysOverdue >= fromDay) : undefined;
  const level = row?.level ?? 0;
  return {
    level,
    feeEuroCents: row?.feeEuroCents ?? 0n,
    interestEuroCents: level >= INTEREST_FROM_LEVEL ? interestOn(openEuroCents, BigInt(daysOverdue)) : 0n,
  };
}

function interestOn(openEuroCents, days) {
  return divideRounded(openEuroCents * INTEREST_BASIS_POINTS * days, DAYS_PER_YEAR * WHOLE);
}
