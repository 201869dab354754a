/** A container of the pool as the decision sees it. `key` says what it holds: an app version in a compartment. */
export interface PooledHost {
  readonly key: string;
  readonly busy: number;
  readonly lastUsedAtMs: number;
}

/** What to do with a request for a container. */
export type Placement =
  | { readonly action: 'use'; readonly key: string }
  | { readonly action: 'start' }
  | { readonly action: 'evictAndStart'; readonly evict: string }
  | { readonly action: 'wait' };

/**
 * Where a request goes, in OpenWhisk's order: the container that holds what it wants; a new one while there is room;
 * a new one in place of the idle one that was unused for longest; else it waits for one to become idle.
 */
export function place(hosts: readonly PooledHost[], key: string, maxContainers: number): Placement {
  if (hosts.some((host) => host.key === key)) return { action: 'use', key };
  if (hosts.length < maxContainers) return { action: 'start' };
  const idle = hosts.filter((host) => host.busy === 0).sort((a, b) => a.lastUsedAtMs - b.lastUsedAtMs);
  return idle[0] ? { action: 'evictAndStart', evict: idle[0].key } : { action: 'wait' };
}

/** The containers that nobody has used for so long that they should go. */
export function idleTooLong(
  hosts: readonly PooledHost[],
  nowMs: number,
  idleSeconds: number,
): readonly string[] {
  return hosts
    .filter((host) => host.busy === 0 && nowMs - host.lastUsedAtMs >= idleSeconds * 1000)
    .map((host) => host.key);
}
