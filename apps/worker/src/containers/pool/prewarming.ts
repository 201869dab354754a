import { memoryOf, type PlacedContainer } from './placement.js';

/** How many containers wait without an app. */
export interface PrewarmSettings {
  /** Of the usual shape, always. */
  readonly base: number;
  /** Of each shape, for as many cold starts as there were of it within the last minute. */
  readonly reactiveMax: number;
  /** How long one that is above the base waits for its app. */
  readonly timeToLiveSeconds: number;
}

/** A container that had to be started because somebody waited for it. */
export interface ColdStart {
  readonly shape: string;
  readonly atMs: number;
}

export interface PrewarmFacts {
  readonly containers: readonly PlacedContainer[];
  /** Of every shape, the newest at the end; older ones than a minute do not count. */
  readonly coldStarts: readonly ColdStart[];
  readonly usualShape: string;
  /** The memory of a container of each shape. */
  readonly memoryBytesOf: ReadonlyMap<string, number>;
  readonly memoryLimitBytes: number;
  readonly nowMs: number;
}

const COLD_START_COUNTS_MS = 60_000;

/**
 * Which containers are to be started for nobody yet, by their shape, and which have waited for too long. Nothing is evicted for
 * them: they take memory that is free.
 */
export function planPrewarming(
  facts: PrewarmFacts,
  settings: PrewarmSettings,
): { readonly start: readonly string[]; readonly remove: readonly string[] } {
  const shapes = [...facts.memoryBytesOf.keys()];
  const remove = shapes.flatMap((shape) => expired(shape, facts, settings));
  let freeBytes = facts.memoryLimitBytes - memoryOf(facts.containers);
  const start: string[] = [];
  for (const shape of shapes.flatMap((one) => missing(one, facts, settings))) {
    freeBytes -= facts.memoryBytesOf.get(shape) ?? 0;
    if (freeBytes < 0) break;
    start.push(shape);
  }
  return { start, remove };
}

/** The cold starts that still count. */
export function recentColdStarts(coldStarts: readonly ColdStart[], nowMs: number): readonly ColdStart[] {
  return coldStarts.filter(({ atMs }) => nowMs - atMs < COLD_START_COUNTS_MS);
}

function missing(shape: string, facts: PrewarmFacts, settings: PrewarmSettings): string[] {
  const recent = recentColdStarts(facts.coldStarts, facts.nowMs).filter((one) => one.shape === shape);
  const wanted = baseOf(shape, facts, settings) + Math.min(recent.length, settings.reactiveMax);
  const count = Math.max(0, wanted - prewarmedOf(shape, facts).length);
  return Array.from({ length: count }, () => shape);
}

/** The oldest go, as far as the others are still the base. */
function expired(shape: string, facts: PrewarmFacts, settings: PrewarmSettings): string[] {
  const waiting = prewarmedOf(shape, facts).filter(({ isStarting }) => !isStarting);
  const oldestFirst = waiting.sort((a, b) => a.lastUsedAtMs - b.lastUsedAtMs);
  return oldestFirst
    .slice(0, Math.max(0, waiting.length - baseOf(shape, facts, settings)))
    .filter(({ lastUsedAtMs }) => facts.nowMs - lastUsedAtMs >= settings.timeToLiveSeconds * 1000)
    .map(({ id }) => id);
}

function baseOf(shape: string, { usualShape }: PrewarmFacts, { base }: PrewarmSettings): number {
  return shape === usualShape ? base : 0;
}

function prewarmedOf(shape: string, { containers }: PrewarmFacts): PlacedContainer[] {
  return containers.filter((container) => container.key === null && container.shape === shape);
}
