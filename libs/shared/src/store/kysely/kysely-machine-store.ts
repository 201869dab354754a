import type { Kysely, RawBuilder, Transaction } from 'kysely';
import type { MachineLabels, MachineOrders } from '../../domain/fleet.js';
import { layersOf } from '../../domain/machine-policy.js';
import type { Machine, MachineReport, MachineState } from '../../domain/machine.js';
import { type DrainRequest, MachineStore } from '../machine-store.js';
import type { Database } from './database.js';
import { BOOKED_COLUMNS, booking, bookTime } from './machine-time-booking.js';
import { bookLostWork } from './lost-work-booking.js';
import { fromReport, toDrain, toMachine } from './machine-rows.js';
import { changeOrders } from './machine-orders.js';
import { bookPage, notingPage } from './page-booking.js';
import { readPoliciesFor } from './policy-rows.js';
import type { Schema } from './schema.js';
import { fromJson } from './values.js';

/** When a heartbeat came, and for how long it lets the machine go on. */
interface Heard {
  readonly last_seen_at: RawBuilder<Date>;
  readonly lease_until: RawBuilder<Date> | null;
}

/** Machines, over Kysely. */
export class KyselyMachineStore extends MachineStore {
  constructor(private readonly database: Database) {
    super();
  }

  heartbeat(report: MachineReport, leaseSeconds?: number): Promise<MachineOrders> {
    const { engine } = this.database;
    const leaseUntil = leaseSeconds === undefined ? null : this.inSeconds(leaseSeconds);
    const said = { ...fromReport(report), last_seen_at: engine.now(), lease_until: leaseUntil };
    return this.database.write(async (transaction) => {
      const [known] = await engine.changed(
        transaction
          .updateTable('machines')
          .set({ ...said, ...booking(engine), ...notingPage(report.page) })
          .where('id', '=', report.id),
        [...BOOKED_COLUMNS, 'page_before'],
      );
      if (known) await bookTime(engine, transaction, known, report.busyCores ?? null);
      else await this.insert(transaction, { id: report.id, ...said, page: report.page?.id ?? null });
      // A worker that did not hear that it was booked sends it again.
      if (report.page && report.page.id !== known?.page_before)
        await bookPage(engine, transaction, report, report.page, await this.database.now(transaction));
      return this.ordersFor(transaction, report);
    });
  }

  list(offlineAfterSeconds: number): Promise<readonly Machine[]> {
    return this.database.read(async (db) => {
      const rows = await machines(db).orderBy('machines.name').orderBy('machines.id').execute();
      const now = await this.database.now(db);
      return rows.map((row) => toMachine(row, now, offlineAfterSeconds));
    });
  }

  find(id: string, offlineAfterSeconds: number): Promise<Machine | null> {
    return this.database.read(async (db) => {
      const row = await machines(db).where('machines.id', '=', id).executeTakeFirst();
      return row ? toMachine(row, await this.database.now(db), offlineAfterSeconds) : null;
    });
  }

  markOffline(): Promise<readonly Pick<Machine, 'id' | 'name'>[]> {
    const { engine } = this.database;
    return this.database.write(async (transaction) => {
      const offline = await engine.changed(
        transaction
          .updateTable('machines')
          .set({ state: 'offline' satisfies MachineState })
          .where('lease_until', '<', engine.now())
          .where('state', '<>', 'offline'),
        ['id', 'name', 'pool', 'last_seen_at', 'slots_busy', 'busy_seconds'],
      );
      if (offline.length > 0)
        await bookLostWork(engine, transaction, offline, await this.database.now(transaction));
      return offline.map(({ id, name }) => ({ id, name }));
    });
  }

  setLabels(id: string, labels: MachineLabels): Promise<boolean> {
    return this.change(id, { labels: JSON.stringify(labels) });
  }

  drain(id: string, { deadlineSeconds, requestedBy }: DrainRequest): Promise<boolean> {
    return this.change(id, {
      drain_requested_at: this.database.engine.now(),
      drain_deadline_at: deadlineSeconds === null ? null : this.inSeconds(deadlineSeconds),
      drain_requested_by: requestedBy,
    });
  }

  async undrain(id: string): Promise<boolean> {
    const changed = await this.database.read((db) =>
      this.database.engine.changed(
        db
          .updateTable('machine_orders')
          .set({ drain_requested_at: null, drain_deadline_at: null, drain_requested_by: null })
          .where('machine_id', '=', id)
          .where('drain_requested_at', 'is not', null),
        ['machine_id'],
      ),
    );
    return changed.length > 0;
  }

  private async insert(
    transaction: Transaction<Schema>,
    said: { readonly id: string; readonly page: string | null } & ReturnType<typeof fromReport> & Heard,
  ): Promise<void> {
    const unbooked = { booked_from: null, booked_lease: null, spent: null, page_before: null };
    await transaction
      .insertInto('machines')
      .values({ ...said, ...unbooked, booked_until: this.database.engine.now() })
      .execute();
  }

  private change(id: string, orders: Parameters<typeof changeOrders>[3]): Promise<boolean> {
    return this.database.write(async (transaction) => {
      const known = await transaction
        .selectFrom('machines')
        .select('id')
        .where('id', '=', id)
        .executeTakeFirst();
      if (!known) return false;
      await changeOrders(this.database.engine, transaction, id, orders);
      return true;
    });
  }

  private async ordersFor(
    transaction: Transaction<Schema>,
    { id, pool }: MachineReport,
  ): Promise<MachineOrders> {
    const row = await transaction
      .selectFrom('machine_orders')
      .selectAll()
      .where('machine_id', '=', id)
      .executeTakeFirst();
    const labels = row ? fromJson<MachineLabels>(row.labels) : {};
    return {
      now: await this.database.now(transaction),
      revoked: (row?.revoked_at ?? null) !== null,
      drain: row ? toDrain(row) : null,
      labels,
      policyLayers: layersOf(await readPoliciesFor(transaction, { id, pool, labels })),
    };
  }

  private inSeconds(seconds: number): RawBuilder<Date> {
    return this.database.engine.secondsAgo(-seconds);
  }
}

function machines(db: Kysely<Schema>) {
  return db
    .selectFrom('machines')
    .leftJoin('machine_orders', 'machine_orders.machine_id', 'machines.id')
    .selectAll('machines')
    .select([
      'machine_orders.labels',
      'machine_orders.drain_requested_at',
      'machine_orders.drain_deadline_at',
      'machine_orders.drain_requested_by',
      'machine_orders.revoked_at',
    ]);
}
