const GOAL = /^(>=|<=)\s*(\d+(?:\.\d+)?)$/;

/**
 * Whether a ratio reaches a goal such as `>= 0.8` or `<= 1.5`. The bound itself reaches it.
 * @throws {Error} when the goal is not of that form: a goal that nobody can read is never reached
 */
export function reachesGoal(ratio: number, goal: string): boolean {
  const [, comparison, bound] = GOAL.exec(goal.trim()) ?? [];
  if (comparison === undefined) throw new Error(`"${goal}" is no goal; write ">= 0.8" or "<= 1.5"`);
  return comparison === '>=' ? ratio >= Number(bound) : ratio <= Number(bound);
}
