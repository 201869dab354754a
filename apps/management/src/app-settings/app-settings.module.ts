import { Module } from '@nestjs/common';
import { CatalogueModule } from '../catalogue/catalogue.module.js';
import { AppSettings } from './app-settings.js';
import { AppSettingsController } from './app-settings.controller.js';
import { KuduSettingsController } from './kudu-settings.controller.js';
import { SettingsVault } from './settings-vault.js';

@Module({
  imports: [CatalogueModule],
  controllers: [AppSettingsController, KuduSettingsController],
  providers: [AppSettings, SettingsVault],
  exports: [AppSettings],
})
export class AppSettingsModule {}
