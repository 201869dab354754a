import { Module } from '@nestjs/common';
import { MachinesController } from './machines.controller.js';

/** Machines and their states. Needs the ports of the store from a global module. */
@Module({ controllers: [MachinesController] })
export class FleetModule {}
