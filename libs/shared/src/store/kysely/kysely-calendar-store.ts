import type { Kysely, Selectable, Transaction } from 'kysely';
import type { CalendarVersion, DefinedCalendar } from '../../domain/defined-batch.js';
import { canonicalJson } from '../../domain/json.js';
import {
  type CalendarChange,
  type CalendarPutOutcome,
  type CalendarRemoveOutcome,
  CalendarStore,
} from '../calendar-store.js';
import type { CalendarTable } from './batch-schema.js';
import type { Database } from './database.js';
import { lockDefinitions } from './definition-graph.js';
import type { Schema } from './schema.js';
import { asDate, fromJsonOrUndefined } from './values.js';

const LISTED_VERSIONS = 1000;

/** Calendars, over Kysely. */
export class KyselyCalendarStore extends CalendarStore {
  constructor(private readonly database: Database) {
    super();
  }

  put({ name, calendar, changedBy, expectedVersion }: CalendarChange): Promise<CalendarPutOutcome> {
    return this.database.write(async (transaction): Promise<CalendarPutOutcome> => {
      await lockDefinitions(transaction);
      const before = await newest(transaction, name);
      const standing = before && inForce(before);
      if (expectedVersion !== undefined && expectedVersion !== (standing?.version ?? 0))
        return { kind: 'otherVersion', version: standing?.version ?? null };
      if (standing && canonicalJson(standing.calendar) === canonicalJson(calendar))
        return { kind: 'unchanged', calendar: standing };
      const written = await this.write(transaction, before, { name, calendar, changedBy });
      await this.lookAgain(transaction, name);
      return {
        kind: standing ? 'changed' : 'created',
        calendar: { ...written, calendar },
      };
    });
  }

  find(name: string): Promise<DefinedCalendar | null> {
    return this.database.read(async (db) => {
      const version = await newest(db, name);
      return version && inForce(version);
    });
  }

  async list(): Promise<readonly DefinedCalendar[]> {
    const rows = await this.database.read((db) =>
      db.selectFrom('calendars').selectAll().where('content', 'is not', null).orderBy('name').execute(),
    );
    return rows.flatMap((row) => inForce(toVersion(row)) ?? []);
  }

  async history(name: string): Promise<readonly CalendarVersion[]> {
    const rows = await this.database.read((db) =>
      db
        .selectFrom('calendar_versions')
        .selectAll()
        .where('name', '=', name)
        .orderBy('version', 'desc')
        .$call(this.database.engine.first(LISTED_VERSIONS))
        .execute(),
    );
    return rows.map(toVersion);
  }

  remove(name: string, removedBy: string): Promise<CalendarRemoveOutcome> {
    return this.database.write(async (transaction): Promise<CalendarRemoveOutcome> => {
      await lockDefinitions(transaction);
      const before = await newest(transaction, name);
      if (!before?.calendar) return { kind: 'unknown' };
      const by = await usersOf(transaction, name);
      if (by.length > 0) return { kind: 'used', by };
      await this.write(transaction, before, { name, calendar: null, changedBy: removedBy });
      return { kind: 'removed' };
    });
  }

  private async write(
    transaction: Transaction<Schema>,
    before: CalendarVersion | null,
    { name, calendar, changedBy }: Pick<CalendarVersion, 'name' | 'calendar' | 'changedBy'>,
  ): Promise<CalendarVersion> {
    const changedAt = await this.database.now(transaction);
    const version = (before?.version ?? 0) + 1;
    const columns = {
      version,
      content: calendar && JSON.stringify(calendar),
      changed_by: changedBy,
      changed_at: changedAt,
    };
    if (before) await transaction.updateTable('calendars').set(columns).where('name', '=', name).execute();
    else
      await transaction
        .insertInto('calendars')
        .values({ name, ...columns })
        .execute();
    await transaction
      .insertInto('calendar_versions')
      .values({ name, ...columns })
      .execute();
    return { name, version, calendar, changedBy, changedAt };
  }

  /** When the batches that use it are next due may have changed. */
  private async lookAgain(transaction: Transaction<Schema>, name: string): Promise<void> {
    await transaction
      .updateTable('batches')
      .set({ next_due_at: this.database.engine.now() })
      .where('calendar', '=', name)
      .where('paused_at', 'is', null)
      .execute();
  }
}

async function newest(db: Kysely<Schema>, name: string): Promise<CalendarVersion | null> {
  const row = await db.selectFrom('calendars').selectAll().where('name', '=', name).executeTakeFirst();
  return row ? toVersion(row) : null;
}

function inForce({ calendar, ...version }: CalendarVersion): DefinedCalendar | null {
  return calendar && { ...version, calendar };
}

/** Batches whose definition names a calendar. A removed batch names none. */
async function usersOf(db: Kysely<Schema>, name: string): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('batches as batch')
    .innerJoin('function_apps as app', 'app.id', 'batch.app_id')
    .select(['app.name as app_name', 'batch.name'])
    .where('batch.calendar', '=', name)
    .execute();
  return rows.map((row) => `${row.app_name}/${row.name}`).sort();
}

function toVersion(row: Selectable<CalendarTable>): CalendarVersion {
  return {
    name: row.name,
    version: row.version,
    calendar: fromJsonOrUndefined<DefinedCalendar['calendar']>(row.content) ?? null,
    changedBy: row.changed_by,
    changedAt: asDate(row.changed_at),
  };
}
