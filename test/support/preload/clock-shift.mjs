// Started with `node --import`: this process' clock is wrong by CLOCK_SHIFT_MS. The monotonic clock is not.
const shiftMs = Number(process.env.CLOCK_SHIFT_MS);
const RightDate = globalThis.Date;

globalThis.Date = class Date extends RightDate {
  constructor(...args) {
    super(...(args.length === 0 ? [RightDate.now() + shiftMs] : args));
  }

  static now() {
    return RightDate.now() + shiftMs;
  }
};
