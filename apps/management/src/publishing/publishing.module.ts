import { Module } from '@nestjs/common';
import { AppSettingsModule } from '../app-settings/app-settings.module.js';
import { CatalogueModule } from '../catalogue/catalogue.module.js';
import { DispatchModule } from '../dispatch/dispatch.module.js';
import { PlacementModule } from '../placement/placement.module.js';
import { DeploymentsController } from './deployments.controller.js';
import { InterruptedDeployments } from './interrupted-deployments.js';
import { Publisher } from './publisher.js';
import { ZipDeployController } from './zip-deploy.controller.js';

@Module({
  imports: [AppSettingsModule, CatalogueModule, DispatchModule, PlacementModule],
  controllers: [ZipDeployController, DeploymentsController],
  providers: [InterruptedDeployments, Publisher],
})
export class PublishingModule {}
