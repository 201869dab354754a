import type { Selectable, Transaction } from 'kysely';
import type { BadputReason } from '../../domain/function-time.js';
import { hourOf } from '../../domain/machine-time.js';
import { QUEUED } from './batch-runs.js';
import type { Engine } from './engine.js';
import { addWork } from './page-booking.js';
import { inSlices } from './paging.js';
import type { MachineTable, Schema } from './schema.js';
import { markUnsummed } from './unsummed-hours.js';
import { asDate } from './values.js';

export type LostMachine = Pick<Selectable<MachineTable>, 'id' | 'name' | 'pool' | 'last_seen_at'>;

const MACHINE_LOST: BadputReason = 'MACHINE_LOST';

/**
 * Books as lost what machines were at that are not heard of any more: of each chunk that they hold, the time from its last progress
 * (what was committed until then stays) until the machine was last heard of. That is as much as is known, and for each chunk at most
 * what one call of it took.
 * @param now the database's time
 */
export async function bookLostWork(
  engine: Engine,
  transaction: Transaction<Schema>,
  machines: readonly LostMachine[],
  now: Date,
): Promise<void> {
  const byId = new Map(machines.map((machine) => [machine.id, machine]));
  for (const ids of inSlices([...byId.keys()])) {
    const chunks = await transaction
      .selectFrom('batch_chunks as chunk')
      .innerJoin('batch_runs as run', 'run.id', 'chunk.run_id')
      .select(['chunk.machine_id', 'chunk.active_at', 'run.batch_id', 'run.app_id', 'run.function_name'])
      .where('chunk.state', '=', QUEUED)
      .where('chunk.machine_id', 'in', ids)
      .where('chunk.claimed_at', 'is not', null)
      .execute();
    for (const { machine_id: machineId, active_at: activeAt, ...work } of chunks) {
      const machine = byId.get(machineId ?? '');
      if (!machine) continue;
      const seen = asDate(machine.last_seen_at);
      const badputMs = Math.max(0, seen.getTime() - asDate(activeAt).getTime());
      const hour = new Date(hourOf(seen.getTime()));
      const key = { ...work, hour, machine_id: machine.id, reason: MACHINE_LOST };
      await addWork(engine, transaction, machine.pool, key, { usedMs: 0, badputMs, evictions: 1, calls: 0 });
      if (hour.getTime() < hourOf(now.getTime())) await markUnsummed(transaction, hour, machine.id);
    }
  }
}
