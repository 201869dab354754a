import { Module } from '@nestjs/common';
import { CatalogueModule } from '../catalogue/catalogue.module.js';
import { AppSettings } from './app-settings.js';
import { AppSettingsController } from './app-settings.controller.js';
import { KuduSettingsController } from './kudu-settings.controller.js';
import { GrantReader } from './grant-reader.js';
import { SettingsVault } from './settings-vault.js';
import { WorkerSettingsController } from './worker-settings.controller.js';

@Module({
  imports: [CatalogueModule],
  controllers: [AppSettingsController, KuduSettingsController, WorkerSettingsController],
  providers: [AppSettings, GrantReader, SettingsVault],
  exports: [AppSettings],
})
export class AppSettingsModule {}
