import { Module } from '@nestjs/common';
import { DispatchModule } from '../dispatch/dispatch.module.js';
import { PlacementModule } from '../placement/placement.module.js';
import { Reconciler } from '../dispatch/reconciler.js';
import { BatchRunsController } from './batch-runs.controller.js';
import { BatchRuns } from './batch-runs.js';
import { BatchesController } from './batches.controller.js';
import { ChunkOpener } from './chunk-opener.js';
import { ChunkPromises } from './chunk-promises.js';
import { ActiveVersions } from './definitions/active-versions.js';
import { BatchDefinitionsController } from './definitions/batch-definitions.controller.js';
import { BatchDefinitions } from './definitions/batch-definitions.js';
import { CalendarsController } from './definitions/calendars.controller.js';
import { DefinedRunsController } from './definitions/defined-runs.controller.js';
import { DefinedRuns } from './definitions/defined-runs.js';
import { DefinitionListsController } from './definitions/definition-lists.controller.js';
import { HolidaysController } from './definitions/holidays.controller.js';
import { InputChecks } from './definitions/input-checks.js';
import { PlannedTimes } from './definitions/planned-times.js';
import { ReceiverCheck } from './definitions/receiver-check.js';
import { FailureLimits } from './failure-limits.js';
import { Forecasts } from './forecast/forecasts.js';
import { OutlookKeeper } from './forecast/outlook-keeper.js';
import { PoolPast } from './forecast/pool-past.js';
import { RunProgressController } from './forecast/run-progress.controller.js';
import { InputFilesController } from './inputs/input-files.controller.js';
import { InputFiles } from './inputs/input-files.js';
import { InputMaker } from './inputs/input-maker.js';
import { InputMaking } from './inputs/input-making.js';
import { ReadyMachines } from './ready-machines.js';
import { ReplayLines } from './replays/replay-lines.js';
import { ReplaysController } from './replays/replays.controller.js';
import { Replays } from './replays/replays.js';
import { RunItemsController } from './results/run-items.controller.js';
import { Retention } from './retention/retention.js';
import { RunDispatcher } from './run-dispatcher.js';
import { BatchScheduler } from './scheduling/batch-scheduler.js';
import { Backfills } from './scheduling/backfills.js';
import { BatchSchedulesController } from './scheduling/batch-schedules.controller.js';
import { CarryOver } from './scheduling/carry-over.js';
import { DueBatches } from './scheduling/due-batches.js';
import { EndedRuns } from './scheduling/ended-runs.js';
import { LeftItems } from './scheduling/left-items.js';
import { PlannedRuns } from './scheduling/planned-runs.js';
import { ScheduleFactsReader } from './scheduling/schedule-facts.js';
import { UpstreamRuns } from './scheduling/upstream-runs.js';
import { WaitingRuns } from './scheduling/waiting-runs.js';
import { ItemTimes } from './turns/item-times.js';
import { PoolUsages } from './turns/pool-usages.js';
import { RunFacts } from './turns/run-facts.js';
import { WaitNotes } from './turns/wait-notes.js';
import { WindowEnds } from './scheduling/window-ends.js';
import { RunLook } from './run-look.js';
import { RunWhys } from './why/run-whys.js';

/** Needs the ports of queue and store, `DispatchSettings` and `BatchSettings` from global modules. */
@Module({
  imports: [DispatchModule, PlacementModule],
  controllers: [
    BatchDefinitionsController,
    BatchesController,
    BatchRunsController,
    BatchSchedulesController,
    CalendarsController,
    DefinedRunsController,
    DefinitionListsController,
    HolidaysController,
    InputFilesController,
    ReplaysController,
    RunItemsController,
    RunProgressController,
  ],
  providers: [
    ActiveVersions,
    Backfills,
    BatchDefinitions,
    BatchRuns,
    BatchScheduler,
    CarryOver,
    ChunkOpener,
    ChunkPromises,
    DefinedRuns,
    DueBatches,
    EndedRuns,
    FailureLimits,
    Forecasts,
    InputChecks,
    InputFiles,
    InputMaker,
    InputMaking,
    ItemTimes,
    LeftItems,
    OutlookKeeper,
    PlannedRuns,
    PlannedTimes,
    PoolPast,
    PoolUsages,
    ReadyMachines,
    ReceiverCheck,
    ReplayLines,
    Replays,
    Retention,
    RunDispatcher,
    RunFacts,
    RunLook,
    RunWhys,
    ScheduleFactsReader,
    UpstreamRuns,
    WaitNotes,
    WaitingRuns,
    WindowEnds,
  ],
})
export class BatchesModule {
  constructor(reconciler: Reconciler, chunks: ChunkPromises) {
    reconciler.lookAfter(chunks);
  }
}
