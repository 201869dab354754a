import type { Transaction } from 'kysely';
import { newId } from '../../domain/ids.js';
import type { NewAppVersion, NewSchedule } from '../catalogue-store.js';
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
      (old) => old.function_name === schedule.functionName && saysTheSame(old, schedule),
    );
    if (kept) {
      await transaction.updateTable('schedules').set(settings).where('id', '=', kept.id).execute();
      continue;
    }
    await insertSchedule(transaction, engine, version, schedule);
  }
}

/**
 * Gives a version that is active already the schedules that changed settings make of it. A changed expression or zone begins now; a
 * function that is gone from the list keeps its schedule, which the app's disabled functions hide.
 */
export async function changeSchedules(
  transaction: Transaction<Schema>,
  engine: Engine,
  version: { readonly id: string; readonly appId: string },
  schedules: readonly NewSchedule[],
): Promise<void> {
  const before = await transaction
    .selectFrom('schedules')
    .select(['id', 'function_name', 'expression', 'time_zone'])
    .where('app_version_id', '=', version.id)
    .execute();
  for (const schedule of schedules) {
    const old = before.find((one) => one.function_name === schedule.functionName);
    if (!old) await insertSchedule(transaction, engine, version, schedule);
    else if (!saysTheSame(old, schedule)) await restartSchedule(transaction, engine, old.id, schedule);
  }
}

function saysTheSame(
  old: { readonly expression: string; readonly time_zone: string | null },
  schedule: NewSchedule,
): boolean {
  return old.expression === schedule.expression && old.time_zone === (schedule.timeZone ?? null);
}

async function restartSchedule(
  transaction: Transaction<Schema>,
  engine: Engine,
  id: string,
  schedule: NewSchedule,
): Promise<void> {
  await transaction
    .updateTable('schedules')
    .set({
      expression: schedule.expression,
      time_zone: schedule.timeZone ?? null,
      active_since: engine.now(),
      last_planned_at: null,
    })
    .where('id', '=', id)
    .execute();
}

async function insertSchedule(
  transaction: Transaction<Schema>,
  engine: Engine,
  version: { readonly id: string; readonly appId: string },
  schedule: NewSchedule,
): Promise<void> {
  await transaction
    .insertInto('schedules')
    .values({
      id: newId(),
      app_id: version.appId,
      app_version_id: version.id,
      function_name: schedule.functionName,
      expression: schedule.expression,
      time_zone: schedule.timeZone ?? null,
      use_monitor: schedule.useMonitor,
      run_on_startup: schedule.runOnStartup,
      active_since: engine.now(),
      last_planned_at: null,
    })
    .execute();
}
