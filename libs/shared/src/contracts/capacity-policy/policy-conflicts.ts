import type { CapacityPolicy } from '../../domain/capacity/capacity-policy.js';
import { defaultsOf } from '../../domain/capacity/profiles.js';
import { isAlways } from '../../domain/capacity/weekly-hours.js';

type Knob = keyof CapacityPolicy;

/** Two knobs, each fine by itself, that can't both hold. */
interface Conflict {
  readonly knobs: readonly [Knob, Knob];
  readonly clash: (policy: CapacityPolicy) => boolean;
  /** What is wrong with the two, and what to do. */
  readonly advice: string;
}

/** An owner must not wait longer than this for the processor (with `vacate`). */
const LONGEST_WAIT_OF_AN_OWNER_SECONDS = 45;

const CONFLICTS: readonly Conflict[] = [
  {
    knobs: ['foreignCpuIdlePercent', 'foreignCpuBusyPercent'],
    clash: (policy) => policy.foreignCpuIdlePercent >= policy.foreignCpuBusyPercent,
    advice: 'idle must lie below busy, or load that hovers there would start and stop work all the time',
  },
  {
    knobs: ['continueIdleSeconds', 'startIdleSeconds'],
    clash: (policy) => policy.continueIdleSeconds > policy.startIdleSeconds,
    advice:
      'work that is there already must not wait longer than new work: lower the first or raise the second',
  },
  {
    knobs: ['keyboardBusySeconds', 'continueIdleSeconds'],
    clash: (policy) => policy.keyboardBusySeconds > policy.continueIdleSeconds,
    advice: 'work would go on while input still counts as recent: lower the first or raise the second',
  },
  {
    knobs: ['letSleepAfterSeconds', 'startIdleSeconds'],
    clash: ({ letSleepAfterSeconds, startIdleSeconds }) =>
      letSleepAfterSeconds !== null && letSleepAfterSeconds <= startIdleSeconds,
    advice: 'the machine would never be offered: raise the first or lower the second',
  },
  {
    knobs: ['evictBeforeEndSeconds', 'stopStartingBeforeEndSeconds'],
    clash: (policy) =>
      !isAlways(policy.hours) && policy.evictBeforeEndSeconds > policy.stopStartingBeforeEndSeconds,
    advice: 'work would be started only to be evicted: lower the first or raise the second',
  },
  {
    knobs: ['maxVacateSeconds', 'evictBeforeEndSeconds'],
    clash: (policy) =>
      !isAlways(policy.hours) &&
      policy.maxVacateSeconds + policy.maxKillSeconds > policy.evictBeforeEndSeconds,
    advice: 'work (with maxKillSeconds) could outlast the hours: lower the first or raise the second',
  },
  {
    knobs: ['memoryOwnerActivePercent', 'memoryOwnerIdlePercent'],
    clash: (policy) => policy.memoryOwnerActivePercent > policy.memoryOwnerIdlePercent,
    advice: 'we would use more while the owner is there: lower the first or raise the second',
  },
  {
    knobs: ['whenOwnerActive', 'maxVacateSeconds'],
    clash: (policy) =>
      policy.whenOwnerActive !== 'continue' && policy.maxVacateSeconds > LONGEST_WAIT_OF_AN_OWNER_SECONDS,
    advice: `an owner would wait too long: at most ${LONGEST_WAIT_OF_AN_OWNER_SECONDS} s where somebody sits at the machine`,
  },
];

/** @param sourceOf where a knob's value comes from, such as `machine` or `profile` */
export function conflictsOf(policy: CapacityPolicy, sourceOf: (knob: Knob) => string): string[] {
  return CONFLICTS.filter(({ clash }) => clash(policy)).map((conflict) =>
    inWords(conflict, policy, sourceOf),
  );
}

/** The conflicts between knobs of which one layer sets both: it is wrong whatever lies under it. */
export function conflictsWithin(layer: Partial<CapacityPolicy>, layerName: string): string[] {
  const policy: CapacityPolicy = { timeZone: 'UTC', ...defaultsOf(['dedicated']), ...layer };
  const isWithin = ({ knobs }: Conflict): boolean => knobs.every((knob) => Object.hasOwn(layer, knob));
  return CONFLICTS.filter((conflict) => isWithin(conflict) && conflict.clash(policy)).map((conflict) =>
    inWords(conflict, policy, () => layerName),
  );
}

function inWords(
  { knobs: [one, other], advice }: Conflict,
  policy: CapacityPolicy,
  sourceOf: (knob: Knob) => string,
): string {
  const describe = (knob: Knob): string => `${knob} ${JSON.stringify(policy[knob])} (${sourceOf(knob)})`;
  return `${describe(one)} and ${describe(other)}: ${advice}.`;
}
