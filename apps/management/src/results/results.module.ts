import { Module } from '@nestjs/common';
import { CallStatusController } from './call-status.controller.js';
import { InvocationsController } from './invocations.controller.js';

/** Invocations read back. Needs the ports of the store from a global module. */
@Module({ controllers: [InvocationsController, CallStatusController] })
export class ResultsModule {}
