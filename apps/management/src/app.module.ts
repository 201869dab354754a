import { Module, type DynamicModule } from '@nestjs/common';
import { LoggerModule } from 'nestjs-pino';
import { AppSettingsModule } from './app-settings/app-settings.module.js';
import { AccessModule } from './access/access.module.js';
import { BatchesModule } from './batches/batches.module.js';
import { CatalogueModule } from './catalogue/catalogue.module.js';
import type { Settings } from './config.js';
import { DispatchModule } from './dispatch/dispatch.module.js';
import { FleetModule } from './fleet/fleet.module.js';
import { HostAdminModule } from './host-admin/host-admin.module.js';
import { HttpModule } from './http/http.module.js';
import { loggerParams } from './http/request-logging.js';
import { FilesModule } from './files/files.module.js';
import { NotificationsModule } from './notifications/notifications.module.js';
import { PlacementModule } from './placement/placement.module.js';
import { PublishingModule } from './publishing/publishing.module.js';
import { ResultsModule } from './results/results.module.js';
import { SettingsModule } from './settings.module.js';
import { StoresModule, type Ports } from './stores.module.js';
import { HttpTriggerModule } from './triggers/http/http-trigger.module.js';
import { TimerTriggerModule } from './triggers/timer/timer-trigger.module.js';

/** Management, put together. */
@Module({})
export class AppModule {
  /** @param openPorts called once; the ports are closed with the application */
  static register(settings: Settings, openPorts: () => Promise<Ports>): DynamicModule {
    return {
      module: AppModule,
      imports: [
        SettingsModule.register(settings),
        LoggerModule.forRoot(loggerParams(settings)),
        StoresModule.register(openPorts),
        HttpModule,
        AccessModule,
        CatalogueModule,
        AppSettingsModule,
        PlacementModule,
        DispatchModule,
        BatchesModule,
        NotificationsModule,
        FleetModule,
        ResultsModule,
        PublishingModule,
        FilesModule,
        HostAdminModule,
        TimerTriggerModule,
        HttpTriggerModule,
      ],
    };
  }
}
