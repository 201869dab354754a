import type { Database } from './database.js';

const DAY_SECONDS = 86_400;

/** For so long at least sums by pool are kept: a year, and what it is compared with. */
const SUMS_KEPT_DAYS = 400;

/** Removes what ended `days` ago, and the sums of pools later: see `MachineTimeStore.removeOlder`. */
export async function removeOldAccounts(database: Database, days: number): Promise<void> {
  const before = database.engine.secondsAgo(days * DAY_SECONDS);
  // The marks among them: the sums of an hour whose bookings are gone are not to be made again.
  for (const table of ['machine_states', 'function_time', 'unsummed_hours'] as const)
    await database.read((db) => db.deleteFrom(table).where('hour', '<', before).execute());
  await database.read((db) => db.deleteFrom('owner_releases').where('at', '<', before).execute());
  const sumsBefore = database.engine.secondsAgo(keptDays(days) * DAY_SECONDS);
  for (const table of ['pool_hours', 'pool_days', 'pool_function_hours', 'pool_function_days'] as const)
    await database.read((db) => db.deleteFrom(table).where('hour', '<', sumsBefore).execute());
}

/** Fewer than none is for tests, which can't wait for a day: then nothing is kept at all. */
function keptDays(days: number): number {
  return days < 0 ? days : Math.max(days, SUMS_KEPT_DAYS);
}
