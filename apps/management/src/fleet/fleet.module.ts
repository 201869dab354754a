import { Module } from '@nestjs/common';
import { DispatchModule } from '../dispatch/dispatch.module.js';
import { CapacityController } from './capacity/capacity.controller.js';
import { StepsController } from './capacity/steps.controller.js';
import { WorkController } from './capacity/work.controller.js';
import { MachineTimeKeeper } from './capacity/machine-time-keeper.js';
import { EnrolmentController } from './enrolment.controller.js';
import { MachinePolicyController } from './machine-policy.controller.js';
import { MachinesController } from './machines.controller.js';
import { OfflineMachines } from './offline-machines.js';
import { PoliciesController } from './policies.controller.js';

/** Machines: how they come in, their states, what is ordered for them. Needs the ports of the store from a global module. */
@Module({
  imports: [DispatchModule],
  controllers: [
    MachinesController,
    MachinePolicyController,
    PoliciesController,
    CapacityController,
    StepsController,
    WorkController,
    EnrolmentController,
  ],
  providers: [OfflineMachines, MachineTimeKeeper],
})
export class FleetModule {}
