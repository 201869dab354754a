import { evictable, memoryOf, type ContainerRequest, type PlacedContainer } from './placement.js';

/** A container as far as it matters how soon it would be idle. */
export interface DrainableContainer extends PlacedContainer {
  /** When the one of its leases began that goes on for longest; null: there are none. */
  readonly oldestLeaseAtMs: number | null;
}

/**
 * The container that is to take nothing more, so that it becomes idle and makes room for somebody who has waited for long: the
 * one in which everything has begun last, because what runs briefly is over soonest. Null where no single one would make enough room.
 */
export function chooseDraining(
  containers: readonly DrainableContainer[],
  request: Pick<ContainerRequest, 'memoryBytes'>,
  memoryLimitBytes: number,
): string | null {
  const freeBytes = memoryLimitBytes - memoryOf(containers) + memoryOf(evictable(containers));
  const [soonest] = containers
    .filter(({ isStarting, isOver }) => !isStarting && !isOver)
    .filter(({ memoryBytes }) => freeBytes + memoryBytes >= request.memoryBytes)
    .flatMap(({ id, oldestLeaseAtMs }) => (oldestLeaseAtMs === null ? [] : [{ id, oldestLeaseAtMs }]))
    .sort((a, b) => b.oldestLeaseAtMs - a.oldestLeaseAtMs);
  return soonest?.id ?? null;
}
