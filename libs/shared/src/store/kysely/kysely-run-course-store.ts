import type { Selectable } from 'kysely';
import { RunCourseStore, type CoursePoint } from '../run-course-store.js';
import type { RunCourseTable } from './batch-schema.js';
import type { Database } from './database.js';
import { asDate, asDateOrNull, asNumber } from './values.js';

/** The courses of batch runs, over Kysely. */
export class KyselyRunCourseStore extends RunCourseStore {
  constructor(private readonly database: Database) {
    super();
  }

  note(runId: string, point: CoursePoint): Promise<boolean> {
    // A second one that comes at the same time breaks the key; the transaction then runs again, and finds the first.
    return this.database.write(async (transaction) => {
      const earlier = await transaction
        .selectFrom('run_courses')
        .select('at')
        .where('run_id', '=', runId)
        .where('at', '=', point.at)
        .executeTakeFirst();
      if (earlier) return false;
      await transaction
        .insertInto('run_courses')
        .values({
          run_id: runId,
          at: point.at,
          items_total: point.itemsTotal,
          items_succeeded: point.itemsSucceeded,
          items_failed: point.itemsFailed,
          items_cancelled: point.itemsCancelled,
          p50_at: point.p50At,
          p90_at: point.p90At,
        })
        .execute();
      return true;
    });
  }

  async newest(runId: string, until: Date, limit: number): Promise<readonly CoursePoint[]> {
    const rows = await this.database.read((db) =>
      db
        .selectFrom('run_courses')
        .selectAll()
        .where('run_id', '=', runId)
        .where('at', '<=', until)
        .orderBy('at', 'desc')
        .$call(this.database.engine.first(limit))
        .execute(),
    );
    return rows.toReversed().map(toPoint);
  }
}

function toPoint(row: Selectable<RunCourseTable>): CoursePoint {
  return {
    at: asDate(row.at),
    itemsTotal: asNumber(row.items_total),
    itemsSucceeded: asNumber(row.items_succeeded),
    itemsFailed: asNumber(row.items_failed),
    itemsCancelled: asNumber(row.items_cancelled),
    p50At: asDateOrNull(row.p50_at),
    p90At: asDateOrNull(row.p90_at),
  };
}
