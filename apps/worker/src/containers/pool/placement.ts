/** A container of the pool as the decisions see it. */
export interface PlacedContainer {
  readonly id: string;
  /** What it holds: an app version in a compartment. Null: no app yet (it is prewarmed). */
  readonly key: string | null;
  /** What can't be changed once a container is made; see `shapeOf`. */
  readonly shape: string;
  readonly memoryBytes: number;
  /** Its language worker, or its app, is on the way. */
  readonly isStarting: boolean;
  /** It takes nothing more: it has ended, or is being ended. */
  readonly isOver: boolean;
  /** It is to become idle: it takes nothing more until then. */
  readonly isDraining: boolean;
  readonly busy: number;
  readonly lastUsedAtMs: number;
}

/** What somebody wants a container for. */
export interface ContainerRequest {
  readonly key: string;
  readonly shape: string;
  readonly memoryBytes: number;
  /** How many such requests one container takes at a time. */
  readonly concurrency: number;
  /** Whether its app can be given to a language worker that runs already. */
  readonly canSpecialise: boolean;
}

/** What to do with a request for a container. */
export type Placement =
  | { readonly action: 'use'; readonly id: string }
  | { readonly action: 'specialise'; readonly id: string }
  | { readonly action: 'start'; readonly evict: readonly string[] }
  | { readonly action: 'wait' };

/**
 * Where a request goes, in OpenWhisk's order: a warm container; a prewarmed one of the same shape; a new one, where the memory
 * allows it; a new one in place of idle ones, of which those go first that were unused for longest; else it waits.
 */
export function place(
  containers: readonly PlacedContainer[],
  request: ContainerRequest,
  memoryLimitBytes: number,
): Placement {
  const warm = findWarm(containers, request);
  if (warm) return { action: 'use', id: warm.id };
  const prewarmed = request.canSpecialise && findPrewarmed(containers, request.shape);
  if (prewarmed) return { action: 'specialise', id: prewarmed.id };
  const evict = evictionsFor(containers, memoryLimitBytes - request.memoryBytes);
  return evict ? { action: 'start', evict } : { action: 'wait' };
}

function findPrewarmed(containers: readonly PlacedContainer[], shape: string): PlacedContainer | undefined {
  return containers.find((one) => one.key === null && one.shape === shape && !one.isStarting && !one.isOver);
}

/** A container that holds the app and has room: the fullest that is ready, so that the others get a chance to become idle. */
export function findWarm(
  containers: readonly PlacedContainer[],
  request: ContainerRequest,
): PlacedContainer | undefined {
  const [fullest] = containers
    .filter((one) => one.key === request.key && one.shape === request.shape && !one.isOver && !one.isDraining)
    .filter(({ busy }) => busy < request.concurrency)
    .sort((a, b) => Number(a.isStarting) - Number(b.isStarting) || b.busy - a.busy);
  return fullest;
}

/**
 * The containers that must go so that the others take this much memory at most; null when even all that may go are not enough.
 * Idle ones go first, the one that was unused for longest at their head; prewarmed ones after that.
 */
export function evictionsFor(
  containers: readonly PlacedContainer[],
  memoryLimitBytes: number,
): readonly string[] | null {
  let excess = memoryOf(containers) - memoryLimitBytes;
  const evict: string[] = [];
  for (const container of evictable(containers)) {
    if (excess <= 0) break;
    evict.push(container.id);
    excess -= container.memoryBytes;
  }
  return excess <= 0 ? evict : null;
}

/** What containers take together: the whole limit of each, from the moment on that its start is decided. */
export function memoryOf(containers: readonly PlacedContainer[]): number {
  return containers.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0);
}

/** Those that nothing runs in, in the order in which they go. */
export function evictable(containers: readonly PlacedContainer[]): PlacedContainer[] {
  return containers
    .filter(({ busy, isStarting }) => busy === 0 && !isStarting)
    .sort((a, b) => Number(a.key === null) - Number(b.key === null) || a.lastUsedAtMs - b.lastUsedAtMs);
}
