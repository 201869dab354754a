import type { Transaction } from 'kysely';
import { newId } from '../../domain/ids.js';
import type { NewAppVersion } from '../catalogue-store.js';
import type { Engine } from './engine.js';
import type { Schema } from './schema.js';

/**
 * Gives a new version its schedules. One whose function, expression and zone stand in the version before goes over to the new one, with
 * its history: redeploying an app neither forgets nor repeats a firing. The others begin now. What the new version no longer has
 * stays with the old one, where nothing reads it but who looks at past occurrences.
 */
export async function replaceSchedules(
  transaction: Transaction<Schema>,
  engine: Engine,
  version: NewAppVersion,
  previousVersionId: string | null,
): Promise<void> {
  const before = previousVersionId
    ? await transaction
        .selectFrom('schedules')
        .select(['id', 'function_name', 'expression', 'time_zone'])
        .where('app_version_id', '=', previousVersionId)
        .execute()
    : [];
  for (const schedule of version.schedules) {
    const settings = {
      app_version_id: version.id,
      use_monitor: schedule.useMonitor,
      run_on_startup: schedule.runOnStartup,
    };
    const kept = before.find(
      (old) =>
        old.function_name === schedule.functionName &&
        old.expression === schedule.expression &&
        old.time_zone === (schedule.timeZone ?? null),
    );
    if (kept) {
      await transaction.updateTable('schedules').set(settings).where('id', '=', kept.id).execute();
      continue;
    }
    await transaction
      .insertInto('schedules')
      .values({
        ...settings,
        id: newId(),
        app_id: version.appId,
        function_name: schedule.functionName,
        expression: schedule.expression,
        time_zone: schedule.timeZone ?? null,
        active_since: engine.now(),
        last_planned_at: null,
      })
      .execute();
  }
}
