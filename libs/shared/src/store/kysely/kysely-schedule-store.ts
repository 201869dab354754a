import { type Kysely, type Selectable, sql, type Transaction } from 'kysely';
import type { Schedule } from '../../domain/schedule.js';
import type { NewInvocation } from '../invocation-store.js';
import { type OccurrenceClaimOutcome, ScheduleStore } from '../schedule-store.js';
import { acceptWithin } from './acceptance.js';
import { disabledFunctions } from './catalogue-rows.js';
import type { Database } from './database.js';
import type { ScheduleTable, Schema } from './schema.js';
import { asBoolean, asDate, asDateOrNull } from './values.js';

/** Schedules, over Kysely. */
export class KyselyScheduleStore extends ScheduleStore {
  constructor(private readonly database: Database) {
    super();
  }

  async listActive(): Promise<readonly Schedule[]> {
    const rows = await this.database.read((db) =>
      db
        .selectFrom('function_apps as app')
        .innerJoin('schedules as schedule', 'schedule.app_version_id', 'app.active_version_id')
        .selectAll('schedule')
        .select('app.disabled_functions')
        .orderBy('schedule.id')
        .execute(),
    );
    return rows.filter(isEnabled).map(toSchedule);
  }

  async find(appId: string, functionName: string): Promise<Schedule | null> {
    const row = await this.database.read((db) =>
      db
        .selectFrom('function_apps as app')
        .innerJoin('schedules as schedule', 'schedule.app_version_id', 'app.active_version_id')
        .selectAll('schedule')
        .select('app.disabled_functions')
        .where('app.id', '=', appId)
        .where('schedule.function_name', '=', functionName)
        .executeTakeFirst(),
    );
    return row && isEnabled(row) ? toSchedule(row) : null;
  }

  claimOccurrence(
    scheduleId: string,
    plannedAt: Date,
    invocation: NewInvocation | null,
  ): Promise<OccurrenceClaimOutcome> {
    return this.database.write(async (transaction) => {
      await lockSchedule(transaction, scheduleId);
      const claimed = await transaction
        .selectFrom('schedule_occurrences')
        .select('schedule_id')
        .where('schedule_id', '=', scheduleId)
        .where('planned_at', '=', plannedAt)
        .executeTakeFirst();
      if (claimed) return 'taken';
      if (invocation && (await hasUnfinished(transaction, scheduleId))) return 'overlaps';
      await this.insertOccurrence(transaction, scheduleId, plannedAt, invocation);
      if (invocation) await acceptWithin(this.database, transaction, [invocation], scheduleId);
      return 'claimed';
    });
  }

  private async insertOccurrence(
    transaction: Transaction<Schema>,
    scheduleId: string,
    plannedAt: Date,
    invocation: NewInvocation | null,
  ): Promise<void> {
    await transaction
      .insertInto('schedule_occurrences')
      .values({
        schedule_id: scheduleId,
        planned_at: plannedAt,
        invocation_id: invocation?.id ?? null,
        claimed_at: this.database.engine.now(),
      })
      .execute();
    await transaction
      .updateTable('schedules')
      .set({ last_planned_at: plannedAt })
      .where('id', '=', scheduleId)
      // Occurrences that are caught up come out of order: the newest stays.
      .where((eb) => eb.or([eb('last_planned_at', 'is', null), eb('last_planned_at', '<', plannedAt)]))
      .execute();
  }

  hasUnfinishedRun(scheduleId: string): Promise<boolean> {
    return this.database.read((db) => hasUnfinished(db, scheduleId));
  }
}

/** A setting of the app may disable a function whose schedule stands: enabled again, it goes on with its history. */
function isEnabled(row: {
  readonly function_name: string;
  readonly disabled_functions: string | null;
}): boolean {
  return !disabledFunctions(row).has(row.function_name.toLowerCase());
}

/** Whoever claims next for this schedule waits until this transaction has ended, and then sees the run that it accepted. */
async function lockSchedule(transaction: Transaction<Schema>, scheduleId: string): Promise<void> {
  await transaction
    .updateTable('schedules')
    .set((eb) => ({ function_name: eb.ref('function_name') }))
    .where('id', '=', scheduleId)
    .execute();
}

async function hasUnfinished(db: Kysely<Schema>, scheduleId: string): Promise<boolean> {
  const row = await db
    .selectFrom('invocations')
    .select('id')
    .where('schedule_id', '=', scheduleId)
    .where('state', '=', sql.lit('queued'))
    .executeTakeFirst();
  return row !== undefined;
}

function toSchedule(row: Selectable<ScheduleTable>): Schedule {
  return {
    id: row.id,
    appId: row.app_id,
    appVersionId: row.app_version_id,
    functionName: row.function_name,
    expression: row.expression,
    timeZone: row.time_zone,
    useMonitor: asBoolean(row.use_monitor),
    runOnStartup: asBoolean(row.run_on_startup),
    activeSince: asDate(row.active_since),
    lastPlannedAt: asDateOrNull(row.last_planned_at),
  };
}
