import { Injectable } from '@nestjs/common';
import { ENDED_RUN_STATES, type BatchRun } from '#shared/domain/batch.js';
import { BatchStore } from '#shared/store/batch-store.js';
import { Store } from '#shared/store/store.js';
import { Matchmaker } from '../placement/matchmaker.js';
import { toForecastView } from './forecast/forecast-views.js';
import { Forecasts } from './forecast/forecasts.js';
import { toRunView, type RunView } from './run-views.js';

/** A run as people see it: with its progress, why it waits, and what is to be expected of it. */
@Injectable()
export class RunLook {
  constructor(
    private readonly store: Store,
    private readonly batches: BatchStore,
    private readonly matchmaker: Matchmaker,
    private readonly forecasts: Forecasts,
  ) {}

  async at(run: BatchRun): Promise<RunView> {
    const isOpen = !ENDED_RUN_STATES.includes(run.state);
    const [now, progress, outlook, waitReason] = await Promise.all([
      this.store.now(),
      this.batches.progress(run.id),
      this.forecasts.of(run),
      run.waitReason ?? (isOpen ? this.matchmaker.whyWaiting(run) : null),
    ]);
    const forecast = toForecastView(run, outlook, now);
    return toRunView({ ...run, waitReason }, { progress, forecast, now });
  }
}
