/** What a sensor saw, or why it could not see. What is unknown counts as busy. */
export type Sensed<T> =
  { readonly known: true; readonly value: T } | { readonly known: false; readonly why: string };

export function known<T>(value: T): Sensed<T> {
  return { known: true, value };
}

/** @param why in words, for the log and for `sense`; without a full stop */
export function unknown(why: string): Sensed<never> {
  return { known: false, why };
}

/** The value of `map`, where there is one to map. */
export function mapSensed<T, U>(sensed: Sensed<T>, map: (value: T) => U): Sensed<U> {
  return sensed.known ? known(map(sensed.value)) : sensed;
}
