/** How a container was got: it was there with its app; it was there without; it was made. */
export const START_KINDS = ['warm', 'prewarmed', 'cold'] as const;
export type StartKind = (typeof START_KINDS)[number];

/** The right to use a container, until it is given back or reclaimed. */
export class Lease<Entry = unknown> {
  readonly takenAtMs = performance.now();
  readonly #reclaimed = Promise.withResolvers<void>();
  #reclaimAtMs: number | null = null;

  constructor(
    readonly entry: Entry,
    readonly start: StartKind,
  ) {}

  /** Resolves when the pool takes the container back, because this lease was never going to end. */
  get reclaimed(): Promise<void> {
    return this.#reclaimed.promise;
  }

  /** Says for how long it may be held from now on, milliseconds by the hold's clock; null: for ever. */
  limit(milliseconds: number | null, nowMs: number): void {
    this.#reclaimAtMs = milliseconds === null ? null : nowMs + milliseconds;
  }

  isLeaked(nowMs: number): boolean {
    return this.#reclaimAtMs !== null && nowMs >= this.#reclaimAtMs;
  }

  reclaim(): void {
    this.#reclaimed.resolve();
  }
}
