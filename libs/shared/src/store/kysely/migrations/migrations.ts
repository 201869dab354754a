import type { Kysely } from 'kysely';
import type { Migration, MigrationProvider } from 'kysely/migration';
import type { ColumnTypes } from './column-types.js';
import { createBatchTables } from './0001-batches.js';
import { createCatalogueTables } from './0001-catalogue.js';
import { createInvocationTables } from './0001-invocations.js';
import { createContainerSettings } from './0002-container-settings.js';
import { addHttpStreams } from './0003-http-streams.js';
import { createFleetTables } from './0004-fleet.js';
import { addMachineCapacity } from './0005-machine-capacity.js';
import { createCapacityPolicies } from './0006-capacity-policies.js';
import { createMachineTime } from './0007-machine-time.js';
import { createFunctionDurations } from './0008-function-durations.js';
import { createFunctionPlacements } from './0009-function-placements.js';
import { createCapacityAccounts } from './0010-capacity-accounts.js';
import { createBatchDefinitions } from './0011-batch-definitions.js';
import { addInputsAndRetention } from './0012-inputs-and-retention.js';
import { createBatchFailures } from './0013-batch-failures.js';
import { addScheduleZones } from './0015-schedule-zones.js';
import { addRunScheduling } from './0016-run-scheduling.js';
import { addChunkAllowances } from './0017-chunk-allowances.js';
import { createRunCourses } from './0018-run-courses.js';
import { createNotifications } from './0019-notifications.js';
import { createAppSettings } from './0020-app-settings.js';

/** A change of the schema: written once, in what both dialects understand. */
type SchemaChange = (database: Kysely<unknown>, types: ColumnTypes) => Promise<void>;

/**
 * The one list, by name; names sort in the order of running. A migration that has been released is never changed: another one
 * is added. During a rolling upgrade an older process runs on the newer schema, so a change only adds.
 */
const CHANGES: Readonly<Record<string, readonly SchemaChange[]>> = {
  '0001-initial': [createCatalogueTables, createInvocationTables, createBatchTables],
  '0002-container-settings': [createContainerSettings],
  '0003-http-streams': [addHttpStreams],
  '0004-fleet': [createFleetTables],
  '0005-machine-capacity': [addMachineCapacity],
  '0006-capacity-policies': [createCapacityPolicies],
  '0007-machine-time': [createMachineTime],
  '0008-function-durations': [createFunctionDurations],
  '0009-function-placements': [createFunctionPlacements],
  '0010-capacity-accounts': [createCapacityAccounts],
  '0011-batch-definitions': [createBatchDefinitions],
  '0012-inputs-and-retention': [addInputsAndRetention],
  '0013-batch-failures': [createBatchFailures],
  '0015-schedule-zones': [addScheduleZones],
  '0016-run-scheduling': [addRunScheduling],
  '0017-chunk-allowances': [addChunkAllowances],
  '0018-run-courses': [createRunCourses],
  '0019-notifications': [createNotifications],
  '0020-app-settings': [createAppSettings],
};

export const MIGRATION_NAMES: readonly string[] = Object.keys(CHANGES).sort();

/** The list as Kysely's migrator wants it. */
export class SchemaMigrations implements MigrationProvider {
  constructor(private readonly types: ColumnTypes) {}

  async getMigrations(): Promise<Record<string, Migration>> {
    return Object.fromEntries(
      Object.entries(CHANGES).map(([name, changes]) => [
        name,
        { up: (database) => this.run(database, changes) },
      ]),
    );
  }

  private async run(database: Kysely<unknown>, changes: readonly SchemaChange[]): Promise<void> {
    for (const change of changes) await change(database, this.types);
  }
}
