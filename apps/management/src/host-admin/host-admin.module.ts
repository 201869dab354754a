import { Module } from '@nestjs/common';
import { AccessModule } from '../access/access.module.js';
import { AppSettingsModule } from '../app-settings/app-settings.module.js';
import { CatalogueModule } from '../catalogue/catalogue.module.js';
import { DispatchModule } from '../dispatch/dispatch.module.js';
import { FunctionKeysController } from './function-keys.controller.js';
import { FunctionsAdminController } from './functions-admin.controller.js';
import { HostController } from './host.controller.js';
import { HostKeysController, SystemKeysController } from './host-keys.controller.js';
import { PingController } from './ping.controller.js';

/** The routes that Azure's host has for itself, below `/apps/{app}/admin`. */
@Module({
  imports: [AccessModule, AppSettingsModule, CatalogueModule, DispatchModule],
  controllers: [
    FunctionKeysController,
    FunctionsAdminController,
    HostController,
    HostKeysController,
    PingController,
    SystemKeysController,
  ],
})
export class HostAdminModule {}
