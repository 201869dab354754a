import type { Selectable } from 'kysely';
import type { Machine, MachineState } from '../../domain/machine.js';
import { MachineStore } from '../machine-store.js';
import type { Database } from './database.js';
import type { MachineTable } from './schema.js';
import { asDate, asNumber, fromJsonOrUndefined, toJson } from './values.js';

/** Machines, over Kysely. */
export class KyselyMachineStore extends MachineStore {
  constructor(private readonly database: Database) {
    super();
  }

  async heartbeat(machine: Omit<Machine, 'lastSeenAt'>): Promise<void> {
    const { engine } = this.database;
    const said = { ...fromMachine(machine), last_seen_at: engine.now() };
    await this.database.write(async (transaction) => {
      const known = await engine.changed(
        transaction.updateTable('machines').set(said).where('id', '=', machine.id),
        ['id'],
      );
      if (known.length > 0) return;
      await transaction
        .insertInto('machines')
        .values({ id: machine.id, ...said })
        .execute();
    });
  }

  list(offlineAfterSeconds: number): Promise<readonly Machine[]> {
    return this.database.read(async (db) => {
      const rows = await db.selectFrom('machines').selectAll().orderBy('name').orderBy('id').execute();
      const now = await this.database.now(db);
      return rows.map((row) => toMachine(row, now, offlineAfterSeconds));
    });
  }
}

function fromMachine(machine: Omit<Machine, 'lastSeenAt'>) {
  return {
    name: machine.name,
    os: machine.os,
    pool: machine.pool,
    runtime: machine.runtime,
    state: machine.state,
    reason: machine.reason,
    cores: machine.cores,
    memory_bytes: machine.memoryBytes,
    slots: machine.slots,
    slots_busy: machine.slotsBusy,
    container_caps: toJson(machine.containerCaps),
  };
}

function toMachine(row: Selectable<MachineTable>, now: Date, offlineAfterSeconds: number): Machine {
  const lastSeenAt = asDate(row.last_seen_at);
  const silentSeconds = (now.getTime() - lastSeenAt.getTime()) / 1000;
  return {
    id: row.id,
    name: row.name,
    os: row.os as Machine['os'],
    pool: row.pool,
    runtime: row.runtime as Machine['runtime'],
    state: silentSeconds > offlineAfterSeconds ? 'offline' : (row.state as MachineState),
    reason: row.reason,
    cores: row.cores,
    memoryBytes: asNumber(row.memory_bytes),
    slots: row.slots,
    slotsBusy: row.slots_busy,
    lastSeenAt,
    containerCaps: fromJsonOrUndefined(row.container_caps),
  };
}
