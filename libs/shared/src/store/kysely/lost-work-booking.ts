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

export type LostMachine = Pick<
  Selectable<MachineTable>,
  'id' | 'name' | 'pool' | 'last_seen_at' | 'slots_busy' | 'busy_seconds'
>;

const MACHINE_LOST: BadputReason = 'MACHINE_LOST';

/**
 * Books as lost what machines were at that are not heard of any more: of each chunk that they ran, the time from its last progress
 * (what was committed until then stays) until the machine was last heard of. That is as much as is known.
 *
 * A chunk that was handed back names its machine until another claims it. Those are told apart by what the machine last said: as
 * many of the newest as it had pieces of work under way, for no longer than it said that they took.
 * @param now the database's time
 */
export async function bookLostWork(
  engine: Engine,
  transaction: Transaction<Schema>,
  machines: readonly LostMachine[],
  now: Date,
): Promise<void> {
  const byId = new Map(machines.map((machine) => [machine.id, machine]));
  for (const ids of inSlices(machines.filter((one) => one.slots_busy > 0).map(({ id }) => id))) {
    const chunks = await transaction
      .selectFrom('batch_chunks as chunk')
      .innerJoin('batch_runs as run', 'run.id', 'chunk.run_id')
      .select(['chunk.machine_id', 'chunk.active_at', 'run.batch_id', 'run.app_id', 'run.function_name'])
      .where('chunk.state', '=', QUEUED)
      .where('chunk.machine_id', 'in', ids)
      .where('chunk.claimed_at', 'is not', null)
      .execute();
    for (const [id, held] of Map.groupBy(chunks, ({ machine_id: machineId }) => machineId ?? '')) {
      const machine = byId.get(id);
      if (machine) await bookLostChunks(engine, transaction, machine, held, now);
    }
  }
}

interface HeldChunk {
  readonly active_at: number | Date;
  readonly batch_id: string;
  readonly app_id: string;
  readonly function_name: string;
}

async function bookLostChunks(
  engine: Engine,
  transaction: Transaction<Schema>,
  machine: LostMachine,
  held: readonly HeldChunk[],
  now: Date,
): Promise<void> {
  const seenMs = asDate(machine.last_seen_at).getTime();
  const hour = new Date(hourOf(seenMs));
  let leftMs = machine.busy_seconds === null ? Infinity : machine.busy_seconds * 1000;
  const newest = [...held].sort((a, b) => asDate(b.active_at).getTime() - asDate(a.active_at).getTime());
  for (const chunk of newest.slice(0, machine.slots_busy)) {
    const { batch_id, app_id, function_name } = chunk;
    const badputMs = Math.min(leftMs, Math.max(0, seenMs - asDate(chunk.active_at).getTime()));
    leftMs -= badputMs;
    const key = { hour, machine_id: machine.id, batch_id, app_id, function_name, reason: MACHINE_LOST };
    await addWork(engine, transaction, machine.pool, key, { usedMs: 0, badputMs, evictions: 1, calls: 0 });
  }
  if (newest.length > 0 && hour.getTime() < hourOf(now.getTime()))
    await markUnsummed(transaction, hour, machine.id);
}
