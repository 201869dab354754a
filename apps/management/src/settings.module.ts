import { Module, type DynamicModule, type Provider } from '@nestjs/common';
import { SETTINGS, type Settings } from './config.js';
import { BatchSettings } from './batches/batch-settings.js';
import { DispatchSettings } from './dispatch/dispatch-settings.js';

/** Hands the settings to every module: whole by `SETTINGS`, or a room's share by that room's own class. */
@Module({})
export class SettingsModule {
  static register(settings: Settings): DynamicModule {
    const providers: Provider[] = [
      { provide: SETTINGS, useValue: settings },
      { provide: DispatchSettings, useValue: Object.freeze({ ...settings, os: settings.workerOs }) },
      { provide: BatchSettings, useExisting: SETTINGS },
    ];
    return {
      module: SettingsModule,
      global: true,
      providers,
      exports: [SETTINGS, DispatchSettings, BatchSettings],
    };
  }
}
