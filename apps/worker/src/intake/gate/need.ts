import { meanSeconds, type DurationSketch } from '#shared/domain/capacity/duration-sketch.js';
import { secondsNeeded } from '../../capacity/admission/admission.js';

/** What is known of how long work takes. */
export interface Need {
  /** Of one call, or of one item of a batch; null: nothing is known. */
  readonly durations: DurationSketch | null;
  /** After which a call is ended; null: never. */
  readonly timeoutSeconds: number | null;
  /** Items that a call has; 1 but for groups. */
  readonly itemsPerCall: number;
  /** Items that are left to do; 1 for a call. */
  readonly itemsLeft: number;
  /** Calls that run at once. */
  readonly callsAtOnce: number;
}

/** Less of a chunk is not worth a container, its input and its claim. A chunk holds about half a minute of work. */
const USEFUL_SECONDS = 10;

/** For so long work of which nothing at all is known is left to machines whose time does not end. */
const UNKNOWN_LEFT_MS = 15_000;
/** Then it is taken to need so long: what never starts is never known. It is what Azure gives a function that says nothing. */
const ASSUMED_SECONDS = 1_800;

/**
 * How long one call takes, nine times of ten; its time-out, where too little is known. Infinity: nobody knows.
 * @param leftMs for how long it was left to others
 */
export function callSeconds({ durations, timeoutSeconds, itemsPerCall }: Need, leftMs: number): number {
  const perItem = secondsNeeded({ durations, timeoutSeconds: null });
  const needed = Math.min(perItem * itemsPerCall, timeoutSeconds ?? Infinity);
  return needed === Infinity && leftMs >= UNKNOWN_LEFT_MS ? ASSUMED_SECONDS : needed;
}

/**
 * For how long a machine must be there for work to be worth starting. A chunk need not fit whole: what is finished of it stays, and
 * no item starts that does not fit. But enough of it must that it is not handed from machine to machine for a few items each.
 */
export function neededSeconds(need: Need, leftMs: number): number {
  const oneCall = callSeconds(need, leftMs);
  if (need.itemsLeft <= need.itemsPerCall) return oneCall;
  const mean = need.durations && meanSeconds(need.durations);
  if (mean === null) return oneCall;
  const whole = (mean * need.itemsLeft) / need.callsAtOnce;
  return Math.max(oneCall, Math.min(whole, USEFUL_SECONDS));
}
