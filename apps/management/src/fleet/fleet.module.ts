import { Module } from '@nestjs/common';
import { DispatchModule } from '../dispatch/dispatch.module.js';
import { EnrolmentController } from './enrolment.controller.js';
import { MachinesController } from './machines.controller.js';
import { OfflineMachines } from './offline-machines.js';

/** Machines: how they come in, their states, what is ordered for them. Needs the ports of the store from a global module. */
@Module({
  imports: [DispatchModule],
  controllers: [MachinesController, EnrolmentController],
  providers: [OfflineMachines],
})
export class FleetModule {}
