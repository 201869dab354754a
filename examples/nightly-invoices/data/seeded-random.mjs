/**
 * A small random generator that gives the same numbers for the same seed everywhere (mulberry32: 32-bit integer
 * arithmetic only). Good enough to vary test data, for nothing else.
 * @param {number} seed a 32-bit whole number
 */
export function seededRandom(seed) {
  let state = seed >>> 0;
  /** A number in [0, 1). */
  function next() {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }
  /** A whole number from `least` to `most`. */
  const integer = (least, most) => least + Math.floor(next() * (most - least + 1));
  return {
    integer,
    /** True in this share of the calls. */
    chance: (share) => next() < share,
    pick: (list) => list[integer(0, list.length - 1)],
    /** Text of so many digits, the first of them not 0. */
    digits: (count) => Array.from({ length: count }, (_, index) => integer(index === 0 ? 1 : 0, 9)).join(''),
  };
}
