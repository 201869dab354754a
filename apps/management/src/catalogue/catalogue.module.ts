import { Module } from '@nestjs/common';
import { Catalogue } from './catalogue.js';
import { CatalogueController } from './catalogue.controller.js';
import { ContainerSettingsController } from './container-settings.controller.js';

@Module({
  controllers: [CatalogueController, ContainerSettingsController],
  providers: [Catalogue],
  exports: [Catalogue],
})
export class CatalogueModule {}
