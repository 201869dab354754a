import type { AccessKeyStore } from '../access-key-store.js';
import type { AppSettingStore } from '../app-setting-store.js';
import type { BatchDefinitionStore } from '../batch-definition-store.js';
import type { BatchEventStore } from '../batch-event-store.js';
import type { BatchStore } from '../batch-store.js';
import type { CalendarStore } from '../calendar-store.js';
import type { CatalogueStore } from '../catalogue-store.js';
import type { DeadLetterStore } from '../dead-letter-store.js';
import type { DeploymentStore } from '../deployment-store.js';
import type { DurationStore } from '../duration-store.js';
import type { EnrolmentStore } from '../enrolment-store.js';
import type { InputStore } from '../input-store.js';
import type { InvocationStore } from '../invocation-store.js';
import type { MachineStore } from '../machine-store.js';
import type { MachineTimeStore } from '../machine-time-store.js';
import type { NotificationStore } from '../notification-store.js';
import type { OccurrenceStore } from '../occurrence-store.js';
import type { PlacementStore } from '../placement-store.js';
import type { PolicyStore } from '../policy-store.js';
import type { RetentionStore } from '../retention-store.js';
import type { RunScheduleStore } from '../run-schedule-store.js';
import type { RunCourseStore } from '../run-course-store.js';
import type { ScheduleStore } from '../schedule-store.js';
import type { Store } from '../store.js';
import type { WorkStore } from '../work-store.js';
import { Database } from './database.js';
import { parseDatabaseUrl } from './database-url.js';
import type { Engine } from './engine.js';
import { KyselyAccessKeyStore } from './kysely-access-key-store.js';
import { KyselyAppSettingStore } from './kysely-app-setting-store.js';
import { KyselyBatchDefinitionStore } from './kysely-batch-definition-store.js';
import { KyselyBatchEventStore } from './kysely-batch-event-store.js';
import { KyselyBatchStore } from './kysely-batch-store.js';
import { KyselyCalendarStore } from './kysely-calendar-store.js';
import { KyselyCatalogueStore } from './kysely-catalogue-store.js';
import { KyselyDeadLetterStore } from './kysely-dead-letter-store.js';
import { KyselyDeploymentStore } from './kysely-deployment-store.js';
import { KyselyDurationStore } from './kysely-duration-store.js';
import { KyselyEnrolmentStore } from './kysely-enrolment-store.js';
import { KyselyInputStore } from './kysely-input-store.js';
import { KyselyInvocationStore } from './kysely-invocation-store.js';
import { KyselyMachineStore } from './kysely-machine-store.js';
import { KyselyMachineTimeStore } from './kysely-machine-time-store.js';
import { KyselyNotificationStore } from './kysely-notification-store.js';
import { KyselyOccurrenceStore } from './kysely-occurrence-store.js';
import { KyselyPlacementStore } from './kysely-placement-store.js';
import { KyselyPolicyStore } from './kysely-policy-store.js';
import { KyselyRetentionStore } from './kysely-retention-store.js';
import { KyselyRunScheduleStore } from './kysely-run-schedule-store.js';
import { KyselyRunCourseStore } from './kysely-run-course-store.js';
import { KyselyScheduleStore } from './kysely-schedule-store.js';
import { KyselyStore } from './kysely-store.js';
import { KyselyWorkStore } from './kysely-work-store.js';

/** Every store, over one database. `store.close()` closes them all. */
export interface Stores {
  readonly store: Store;
  readonly catalogue: CatalogueStore;
  readonly appSettings: AppSettingStore;
  readonly deployments: DeploymentStore;
  readonly invocations: InvocationStore;
  readonly batches: BatchStore;
  readonly deadLetters: DeadLetterStore;
  readonly batchEvents: BatchEventStore;
  readonly notifications: NotificationStore;
  readonly batchDefinitions: BatchDefinitionStore;
  readonly calendars: CalendarStore;
  readonly occurrences: OccurrenceStore;
  readonly runSchedules: RunScheduleStore;
  readonly inputs: InputStore;
  readonly retention: RetentionStore;
  readonly runCourses: RunCourseStore;
  readonly schedules: ScheduleStore;
  readonly accessKeys: AccessKeyStore;
  readonly machines: MachineStore;
  readonly enrolment: EnrolmentStore;
  readonly policies: PolicyStore;
  readonly placements: PlacementStore;
  readonly machineTime: MachineTimeStore;
  readonly work: WorkStore;
  readonly durations: DurationStore;
}

export interface StoreOptions {
  /** See `parseDatabaseUrl`. */
  readonly databaseUrl: string;
  /** Inputs and outputs of invocations that were not promised are kept up to so many bytes of JSON. Default 64 KiB. */
  readonly keptPayloadBytes?: number | undefined;
}

const DEFAULT_KEPT_PAYLOAD_BYTES = 64 * 1024;

/**
 * Opens the stores. The database itself is opened at the first access: `store.migrate()` or `store.check()` say what is wrong.
 * Throws `InvalidInputError` naming DATABASE_URL when that is malformed.
 */
export async function openStores(options: StoreOptions): Promise<Stores> {
  return storesOver(await createEngine(options.databaseUrl), options.keptPayloadBytes);
}

/** The stores over an engine of the caller's choice. */
export function storesOver(engine: Engine, keptPayloadBytes = DEFAULT_KEPT_PAYLOAD_BYTES): Stores {
  const database = new Database(engine);
  return {
    store: new KyselyStore(database),
    catalogue: new KyselyCatalogueStore(database),
    appSettings: new KyselyAppSettingStore(database),
    deployments: new KyselyDeploymentStore(database),
    invocations: new KyselyInvocationStore(database, keptPayloadBytes),
    batches: new KyselyBatchStore(database),
    deadLetters: new KyselyDeadLetterStore(database),
    batchEvents: new KyselyBatchEventStore(database),
    notifications: new KyselyNotificationStore(database),
    batchDefinitions: new KyselyBatchDefinitionStore(database),
    calendars: new KyselyCalendarStore(database),
    occurrences: new KyselyOccurrenceStore(database),
    runSchedules: new KyselyRunScheduleStore(database),
    inputs: new KyselyInputStore(database),
    retention: new KyselyRetentionStore(database),
    runCourses: new KyselyRunCourseStore(database),
    schedules: new KyselyScheduleStore(database),
    accessKeys: new KyselyAccessKeyStore(database),
    machines: new KyselyMachineStore(database),
    enrolment: new KyselyEnrolmentStore(database),
    policies: new KyselyPolicyStore(database),
    placements: new KyselyPlacementStore(database),
    machineTime: new KyselyMachineTimeStore(database),
    work: new KyselyWorkStore(database),
    durations: new KyselyDurationStore(database),
  };
}

/** Each driver is loaded only where it is used. */
async function createEngine(databaseUrl: string): Promise<Engine> {
  const location = parseDatabaseUrl(databaseUrl);
  if (location.kind === 'sqlite') {
    const { SqliteEngine } = await import('./sqlite/sqlite-engine.js');
    return new SqliteEngine(location.path);
  }
  const [{ MssqlEngine }, { createPool }] = await Promise.all([
    import('./mssql/mssql-engine.js'),
    import('./mssql/mssql-pool.js'),
  ]);
  return new MssqlEngine(() => createPool(location));
}
