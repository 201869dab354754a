/** Something that may have lost its owner: in the engine, or a folder on the disk. */
export interface Thing {
  readonly what: 'container' | 'network' | 'folder';
  readonly id: string;
  /** Under which its owner in memory knows it. */
  readonly name: string;
  /** `shared`: made by one worker for all of its installation on this engine. */
  readonly owner: 'thisLife' | 'earlierLife' | 'otherWorker' | 'shared';
  /** Both by the clock of the engine (of this machine, for a folder). */
  readonly createdAt: Date;
  /** Of a container: since when nothing runs in it. Null: something does, or nobody knows. */
  readonly endedAt: Date | null;
  /** Of a network: containers are on it. */
  readonly inUse: boolean;
}

/** What this life of the worker remembers, by names or ids. */
export interface Memory {
  /** What has an owner: it starts, runs or is being removed. */
  readonly known: ReadonlySet<string>;
  /** What has none for certain: its start was answered with an error, or its removal was. */
  readonly disowned: ReadonlySet<string>;
}

export interface ReconcilePolicy {
  /** By the clock that dated the things. */
  readonly now: Date;
  /** How old a thing without an owner must be. */
  readonly graceSeconds: number;
}

export interface Removal {
  readonly thing: Thing;
  /** The rest of a sentence that begins with the thing. */
  readonly reason: string;
}

/** Deliberately long: a thing of another worker that is removed too early is the worse failure. */
const OTHERS_GRACE_SECONDS = 24 * 3600;

/**
 * What is to be removed of the things that bear our installation's labels, and why:
 * - of this life of the worker: what no owner knows, once it is older than the grace; at once when its start or removal is known
 *   to have failed;
 * - of an earlier life of the worker: at once, for its owner has gone for good;
 * - of another worker: only a container in which nothing has run for a day. A living worker removes what has ended within a
 *   minute, so that one never comes back, and nothing is lost with it. What runs may have a living owner and is left alone;
 * - shared: a network that nothing is on, that this worker does not use and that was made a day ago. A worker that still wants it
 *   makes it again, at the same addresses.
 */
export function decideRemovals(things: readonly Thing[], memory: Memory, policy: ReconcilePolicy): Removal[] {
  return things.flatMap((thing) => {
    const reason = reasonToRemove(thing, memory, policy);
    return reason === undefined ? [] : [{ thing, reason }];
  });
}

function reasonToRemove(thing: Thing, memory: Memory, policy: ReconcilePolicy): string | undefined {
  if (memory.known.has(thing.name) || memory.known.has(thing.id) || thing.inUse) return undefined;
  switch (thing.owner) {
    case 'earlierLife':
      return 'belongs to an earlier life of this worker';
    case 'thisLife':
      return reasonOfOwn(thing, memory, policy);
    case 'otherWorker':
      return reasonOfOthers(thing, policy);
    case 'shared':
      return isOlder(thing.createdAt, OTHERS_GRACE_SECONDS, policy.now)
        ? 'was made more than a day ago and nothing is on it'
        : undefined;
  }
}

function reasonOfOwn(thing: Thing, memory: Memory, policy: ReconcilePolicy): string | undefined {
  if (memory.disowned.has(thing.name))
    return 'is there although its start or its removal was answered with an error';
  if (!isOlder(thing.createdAt, policy.graceSeconds, policy.now)) return undefined;
  return `has no owner in this worker and is older than ${policy.graceSeconds} s`;
}

function reasonOfOthers({ what, endedAt }: Thing, { now }: ReconcilePolicy): string | undefined {
  if (what !== 'container' || endedAt === null || !isOlder(endedAt, OTHERS_GRACE_SECONDS, now))
    return undefined;
  return 'belongs to another worker, which has not removed it for a day after its end';
}

function isOlder(moment: Date, seconds: number, now: Date): boolean {
  return now.getTime() - moment.getTime() >= seconds * 1000;
}
