import { Module } from '@nestjs/common';
import { CatalogueModule } from '../catalogue/catalogue.module.js';
import { PlacementModule } from '../placement/placement.module.js';
import { CallStatusController } from './call-status.controller.js';
import { InvocationsController } from './invocations.controller.js';

/** Invocations read back. Needs the ports of the store from a global module. */
@Module({
  imports: [CatalogueModule, PlacementModule],
  controllers: [InvocationsController, CallStatusController],
})
export class ResultsModule {}
