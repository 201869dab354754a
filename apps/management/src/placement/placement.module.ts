import { Module } from '@nestjs/common';
import { CatalogueModule } from '../catalogue/catalogue.module.js';
import { MachineBook } from './machine-book.js';
import { Matchmaker } from './matchmaker.js';
import { PoolMachines } from './pool-machines.js';
import { WhyWork } from './why-work.js';
import { PlacementsController } from './placements.controller.js';

/** Which machines work may run on. Needs the ports of the store and `DispatchSettings` from global modules. */
@Module({
  imports: [CatalogueModule],
  controllers: [PlacementsController],
  providers: [MachineBook, Matchmaker, PoolMachines, WhyWork],
  exports: [Matchmaker, PoolMachines, WhyWork],
})
export class PlacementModule {}
