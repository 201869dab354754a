/** A container with an app, as far as its rest depends on it. */
export interface RestingContainer {
  readonly id: string;
  readonly key: string | null;
  readonly isStarting: boolean;
  readonly isPaused: boolean;
  readonly busy: number;
  readonly lastUsedAtMs: number;
}

export interface RestSettings {
  /** Null: containers can't be paused. */
  readonly pauseAfterSeconds: number | null;
  readonly removeAfterSeconds: number;
}

/** The containers that nobody has used for so long that they should be paused, or go. */
export function planRest(
  containers: readonly RestingContainer[],
  nowMs: number,
  { pauseAfterSeconds, removeAfterSeconds }: RestSettings,
): { readonly pause: readonly string[]; readonly remove: readonly string[] } {
  const idle = containers.filter(({ key, busy, isStarting }) => key !== null && busy === 0 && !isStarting);
  const unused = (seconds: number): RestingContainer[] =>
    idle.filter(({ lastUsedAtMs }) => nowMs - lastUsedAtMs >= seconds * 1000);
  const remove = unused(removeAfterSeconds).map(({ id }) => id);
  const pause =
    pauseAfterSeconds === null ? [] : unused(pauseAfterSeconds).filter(({ isPaused }) => !isPaused);
  return { pause: pause.map(({ id }) => id).filter((id) => !remove.includes(id)), remove };
}

/** How long after its start an invocation that has a limit (seconds) holds its slot at most, milliseconds. */
export function leakedAfterMs(limitSeconds: number | null): number | null {
  // Deliberately long: whatever ends an invocation at its limit has had its chance, also on an engine that hangs.
  return limitSeconds === null ? null : (2 * limitSeconds + 60) * 1000;
}
