import { Injectable } from '@nestjs/common';
import { ENDED_RUN_STATES, type BatchRun } from '#shared/domain/batch.js';
import { BatchDefinitionStore } from '#shared/store/batch-definition-store.js';
import { BatchStore } from '#shared/store/batch-store.js';
import { Store } from '#shared/store/store.js';
import { PoolMachines } from '../../placement/pool-machines.js';
import { WhyWork } from '../../placement/why-work.js';
import { Forecasts, type Outlook } from '../forecast/forecasts.js';
import { whyRun, type WhyAnswer, type WhyRunFacts } from './why-run.js';

/** Answers why a run is not running. */
@Injectable()
export class RunWhys {
  constructor(
    private readonly store: Store,
    private readonly batches: BatchStore,
    private readonly definitions: BatchDefinitionStore,
    private readonly forecasts: Forecasts,
    private readonly work: WhyWork,
    private readonly machines: PoolMachines,
  ) {}

  async of(run: BatchRun): Promise<WhyAnswer> {
    const isOpen = !ENDED_RUN_STATES.includes(run.state);
    const [now, openChunks, outlook, machines, batch] = await Promise.all([
      this.store.now(),
      this.batches.countOpenChunks(run.id),
      this.forecasts.of(run),
      this.work.factsOf(run, 'overnight'),
      isOpen ? this.definitions.findById(run.batchId) : null,
    ]);
    const all = [...(await this.forecasts.all()).outlooks.values()];
    const others = all.filter((one) => one.run.id !== run.id && hasBegun(one));
    return whyRun({
      ...machines,
      run,
      now,
      openChunks,
      itemsPerSecond: outlook?.pace?.itemsPerSecond ?? null,
      ahead: this.aheadOf(run, others),
      sharingKey: 1 + others.filter((one) => keyOf(one.run) === keyOf(run)).length,
      pause: batch?.pause ?? null,
    });
  }

  private aheadOf(run: BatchRun, others: readonly Outlook[]): WhyRunFacts['ahead'] {
    const pool = this.machines.poolOf(run);
    const ahead = others.filter(
      (one) => one.run.priority > run.priority && this.machines.poolOf(one.run) === pool,
    );
    return { runs: ahead.length, items: ahead.reduce((sum, one) => sum + itemsLeft(one), 0) };
  }
}

function hasBegun({ run }: Outlook): boolean {
  return run.state !== 'scheduled' && run.inputState === 'ready';
}

function keyOf({ settings }: BatchRun): string | undefined {
  return settings?.concurrencyLimit?.key?.name;
}

function itemsLeft({ run, progress }: Outlook): number {
  const done = progress.itemsSucceeded + progress.itemsFailed + progress.itemsCancelled;
  return Math.max(0, run.itemsTotal - done);
}
