import { Module } from '@nestjs/common';
import { CatalogueModule } from '../catalogue/catalogue.module.js';
import { PlacementModule } from '../placement/placement.module.js';
import { Dispatcher } from './dispatcher.js';
import { InvocationPromises } from './invocation-promises.js';
import { OutcomeWaiter } from './outcome-waiter.js';
import { PlacementChanges } from './placement-changes.js';
import { QueueTrouble } from './queue-trouble.js';
import { Reconciler } from './reconciler.js';

/** Needs the ports of queue and store and `DispatchSettings` from global modules. */
@Module({
  imports: [CatalogueModule, PlacementModule],
  providers: [Dispatcher, InvocationPromises, OutcomeWaiter, PlacementChanges, QueueTrouble, Reconciler],
  exports: [Dispatcher, Reconciler],
})
export class DispatchModule {}
