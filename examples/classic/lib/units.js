/** How many base units (metre, kilogram) one unit is, by dimension. */
const DIMENSIONS = [
  { m: 1, km: 1000, cm: 0.01, mm: 0.001, mi: 1609.344, ft: 0.3048, in: 0.0254 },
  { kg: 1, g: 0.001, t: 1000, lb: 0.45359237, oz: 0.028349523125 },
];

/** Rounds to this many significant digits, so that 0.1 ft does not show the machine's rounding. */
const SIGNIFICANT_DIGITS = 12;

/** A value in another unit of the same dimension; undefined when a unit is unknown or the two do not go together. */
function convert(value, from, to) {
  const dimension = DIMENSIONS.find((units) => Object.hasOwn(units, from) && Object.hasOwn(units, to));
  if (!dimension) return undefined;
  return Number(((value * dimension[from]) / dimension[to]).toPrecision(SIGNIFICANT_DIGITS));
}

module.exports = { convert };
