import type { Logger } from '@nestjs/common';
import { decideRemovals, type Memory, type Removal, type Thing } from '../../reconcile/removals.js';
import { unlessGone, type Engine } from '../engine.js';
import type { Owner } from '../labels.js';
import { removeContainer } from '../remove-container.js';
import { listThings } from './list-things.js';

export interface ReconcileOrder {
  readonly owner: Owner;
  /** Asked after the engine was: what has been made in between is known by then. */
  readonly memory: () => Memory;
  readonly graceSeconds: number;
  /** Only say what would be removed. */
  readonly dryRun: boolean;
}

/**
 * Removes from the engine what nobody owns any more, each with a line in the log that says why.
 * Throws `EngineUnavailableError`.
 * @returns what was removed, or would have been
 */
export async function reconcileEngine(
  engine: Engine,
  order: ReconcileOrder,
  logger: Pick<Logger, 'log'>,
): Promise<readonly Removal[]> {
  const things = await listThings(engine, order.owner);
  if (things.length === 0) return [];
  const policy = { now: await engine.now(), graceSeconds: order.graceSeconds };
  const removals = decideRemovals(things, order.memory(), policy);
  for (const removal of removals) {
    logger.log(inWords(removal, order.dryRun));
    if (!order.dryRun) await removeThing(engine, removal.thing);
  }
  return removals;
}

function removeThing(engine: Engine, { what, id }: Thing): Promise<void> {
  if (what === 'container') return removeContainer(engine, id);
  return unlessGone(
    engine.removal('remove a network', (docker, abortSignal) =>
      docker.getNetwork(id).remove({ abortSignal }),
    ),
  );
}

function inWords({ thing, reason }: Removal, dryRun: boolean): string {
  const { what, name, createdAt } = thing;
  const verb = dryRun ? 'Would remove' : 'Removing';
  return `${verb} the ${what} ${name}, made ${createdAt.toISOString()}: it ${reason}.`;
}
