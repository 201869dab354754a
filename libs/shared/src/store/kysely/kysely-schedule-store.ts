import { type Selectable, sql } from 'kysely';
import type { Schedule } from '../../domain/schedule.js';
import type { NewInvocation } from '../invocation-store.js';
import { ScheduleStore } from '../schedule-store.js';
import { acceptWithin } from './acceptance.js';
import type { Database } from './database.js';
import type { ScheduleTable } from './schema.js';
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
        .orderBy('schedule.id')
        .execute(),
    );
    return rows.map(toSchedule);
  }

  claimOccurrence(scheduleId: string, plannedAt: Date, invocation: NewInvocation | null): Promise<boolean> {
    return this.database.write(async (transaction) => {
      const claimed = await transaction
        .selectFrom('schedule_occurrences')
        .select('schedule_id')
        .where('schedule_id', '=', scheduleId)
        .where('planned_at', '=', plannedAt)
        .executeTakeFirst();
      if (claimed) return false;
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
      if (invocation) await acceptWithin(this.database, transaction, [invocation], scheduleId);
      return true;
    });
  }

  async hasUnfinishedRun(scheduleId: string): Promise<boolean> {
    const row = await this.database.read((db) =>
      db
        .selectFrom('invocations')
        .select('id')
        .where('schedule_id', '=', scheduleId)
        .where('state', '=', sql.lit('queued'))
        .executeTakeFirst(),
    );
    return row !== undefined;
  }
}

function toSchedule(row: Selectable<ScheduleTable>): Schedule {
  return {
    id: row.id,
    appId: row.app_id,
    appVersionId: row.app_version_id,
    functionName: row.function_name,
    expression: row.expression,
    useMonitor: asBoolean(row.use_monitor),
    runOnStartup: asBoolean(row.run_on_startup),
    activeSince: asDate(row.active_since),
    lastPlannedAt: asDateOrNull(row.last_planned_at),
  };
}
