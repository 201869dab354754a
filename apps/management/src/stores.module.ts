import {
  Inject,
  Module,
  type DynamicModule,
  type OnApplicationShutdown,
  type Provider,
} from '@nestjs/common';
import { ReplyInbox } from '#shared/queue/reply-channel.js';
import { WorkQueue } from '#shared/queue/work-queue.js';
import { AccessKeyStore } from '#shared/store/access-key-store.js';
import { AppSettingStore } from '#shared/store/app-setting-store.js';
import { BatchEventStore } from '#shared/store/batch-event-store.js';
import { BatchDefinitionStore } from '#shared/store/batch-definition-store.js';
import { BatchStore } from '#shared/store/batch-store.js';
import { BlobStore } from '#shared/store/blob-store.js';
import { CalendarStore } from '#shared/store/calendar-store.js';
import { CatalogueStore } from '#shared/store/catalogue-store.js';
import { DeadLetterStore } from '#shared/store/dead-letter-store.js';
import { DeploymentStore } from '#shared/store/deployment-store.js';
import { DurationStore } from '#shared/store/duration-store.js';
import { EnrolmentStore } from '#shared/store/enrolment-store.js';
import { InputStore } from '#shared/store/input-store.js';
import { InvocationStore } from '#shared/store/invocation-store.js';
import { MachineStore } from '#shared/store/machine-store.js';
import { MachineTimeStore } from '#shared/store/machine-time-store.js';
import { NotificationStore } from '#shared/store/notification-store.js';
import { OccurrenceStore } from '#shared/store/occurrence-store.js';
import { PlacementStore } from '#shared/store/placement-store.js';
import { PolicyStore } from '#shared/store/policy-store.js';
import { RetentionStore } from '#shared/store/retention-store.js';
import { RunCourseStore } from '#shared/store/run-course-store.js';
import { RowSources } from '#shared/store/row-source.js';
import { RunScheduleStore } from '#shared/store/run-schedule-store.js';
import { ScheduleStore } from '#shared/store/schedule-store.js';
import { Store } from '#shared/store/store.js';
import { WorkStore } from '#shared/store/work-store.js';

/** Everything outside the process that management works with, opened and ready. */
export interface Ports {
  readonly store: Store;
  readonly catalogue: CatalogueStore;
  readonly appSettings: AppSettingStore;
  readonly accessKeys: AccessKeyStore;
  readonly deployments: DeploymentStore;
  readonly invocations: InvocationStore;
  readonly schedules: ScheduleStore;
  readonly batches: BatchStore;
  readonly batchDefinitions: BatchDefinitionStore;
  readonly calendars: CalendarStore;
  readonly occurrences: OccurrenceStore;
  readonly runSchedules: RunScheduleStore;
  readonly deadLetters: DeadLetterStore;
  readonly batchEvents: BatchEventStore;
  readonly notifications: NotificationStore;
  readonly inputs: InputStore;
  readonly retention: RetentionStore;
  readonly runCourses: RunCourseStore;
  readonly machines: MachineStore;
  readonly enrolment: EnrolmentStore;
  readonly policies: PolicyStore;
  readonly placements: PlacementStore;
  readonly machineTime: MachineTimeStore;
  readonly work: WorkStore;
  readonly durations: DurationStore;
  readonly blobs: BlobStore;
  readonly rowSources: RowSources;
  readonly queue: WorkQueue;
  readonly inbox: ReplyInbox;
}

const PORTS = Symbol('Ports');

const port = <Port>(token: abstract new () => Port, pick: (ports: Ports) => Port): Provider => ({
  provide: token,
  useFactory: pick,
  inject: [PORTS],
});

const PORT_PROVIDERS: Provider[] = [
  port(Store, (ports) => ports.store),
  port(CatalogueStore, (ports) => ports.catalogue),
  port(AppSettingStore, (ports) => ports.appSettings),
  port(AccessKeyStore, (ports) => ports.accessKeys),
  port(DeploymentStore, (ports) => ports.deployments),
  port(InvocationStore, (ports) => ports.invocations),
  port(ScheduleStore, (ports) => ports.schedules),
  port(BatchStore, (ports) => ports.batches),
  port(BatchDefinitionStore, (ports) => ports.batchDefinitions),
  port(CalendarStore, (ports) => ports.calendars),
  port(OccurrenceStore, (ports) => ports.occurrences),
  port(RunScheduleStore, (ports) => ports.runSchedules),
  port(DeadLetterStore, (ports) => ports.deadLetters),
  port(BatchEventStore, (ports) => ports.batchEvents),
  port(NotificationStore, (ports) => ports.notifications),
  port(InputStore, (ports) => ports.inputs),
  port(RetentionStore, (ports) => ports.retention),
  port(RunCourseStore, (ports) => ports.runCourses),
  port(MachineStore, (ports) => ports.machines),
  port(EnrolmentStore, (ports) => ports.enrolment),
  port(PolicyStore, (ports) => ports.policies),
  port(PlacementStore, (ports) => ports.placements),
  port(MachineTimeStore, (ports) => ports.machineTime),
  port(WorkStore, (ports) => ports.work),
  port(DurationStore, (ports) => ports.durations),
  port(BlobStore, (ports) => ports.blobs),
  port(RowSources, (ports) => ports.rowSources),
  port(WorkQueue, (ports) => ports.queue),
  port(ReplyInbox, (ports) => ports.inbox),
];

/** Hands the ports to every other module, by their abstract classes, and closes them when all else has stopped. */
@Module({})
export class StoresModule implements OnApplicationShutdown {
  constructor(@Inject(PORTS) private readonly ports: Ports) {}

  /** @param open called once, when the application is made */
  static register(open: () => Promise<Ports>): DynamicModule {
    return {
      module: StoresModule,
      global: true,
      providers: [{ provide: PORTS, useFactory: open }, ...PORT_PROVIDERS],
      exports: PORT_PROVIDERS.map((provider) => (provider as { provide: symbol }).provide),
    };
  }

  /** The queue first: nothing new is enqueued whose row could not be written any more. */
  async onApplicationShutdown(): Promise<void> {
    const { inbox, queue, store } = this.ports;
    await Promise.allSettled([inbox.close(), queue.close()]);
    await store.close();
  }
}
