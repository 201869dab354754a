import type { ChunkJob } from '#shared/contracts/jobs.js';
import type { FunctionDefinition } from '#shared/domain/function-app.js';
import type { BatchStore } from '#shared/store/batch-store.js';
import type { AppSettings } from '../app-settings/app-settings.js';
import type { RunnableVersion } from '../app-settings/setting-values.js';
import type { CallMeter, WorkMeter } from '../books/work-meter.js';
import type { DurationBook } from '../capacity/admission/duration-book.js';
import type { Lease } from '../capacity/lease/lease.js';
import type { AppHostPool, Compartment } from '../containers/pool/app-host-pool.js';
import type { BatchInput, InputLine } from '../packages/batch-input.js';
import type { Recorder } from '../recorder/recorder.js';
import type { FunctionEnding } from './function-run.js';
import type { Gate, ItemAdmission } from './gate/gate.js';
import type { LogCollector } from './log-collector.js';
import type { Pace } from './pace.js';
import type { ProgressWriter } from './progress-writer.js';
import type { Slots } from './slots.js';
import type { TerminationWatch } from './termination-watch.js';
import type { VersionCache } from './version-cache.js';
import type { WaitingItems } from './waiting-items.js';

export interface ChunkSettings {
  readonly machineId: string;
  /** Function calls of one chunk at a time. */
  readonly itemsInFlight: number;
  /** Items per call of a trigger with `cardinality: many`. */
  readonly groupSize: number;
  readonly maxItemBytes: number;
  readonly maxItemOutputBytes: number;
  readonly maxItemLogBytes: number;
}

export interface ChunkTools {
  readonly versions: VersionCache;
  readonly appSettings: Pick<AppSettings, 'equip'>;
  readonly pool: AppHostPool;
  readonly batches: BatchStore;
  readonly input: BatchInput;
  readonly recorder: Recorder;
  readonly gate: Pick<Gate, 'forItems'>;
  readonly durations: Pick<DurationBook, 'measured'>;
  /** The database's time. */
  readonly now: () => Date;
  /** Without it no call begins. */
  readonly lease: Pick<Lease, 'isHeld'>;
  readonly meter: Pick<WorkMeter, 'of'>;
  readonly terminations: Pick<TerminationWatch, 'watch'>;
  readonly settings: ChunkSettings;
}

/** What stays the same for all items of a chunk. */
export interface ChunkWork {
  readonly job: ChunkJob;
  readonly lost: AbortSignal;
  /** Aborted when the run is terminated: what is under way ends now, and is recorded as `cancelled`. */
  readonly terminated: AbortSignal;
  /** Aborted at the end of its window: what is under way goes back, and nothing is recorded of it. */
  readonly windowOver: AbortSignal;
  /** Any of them. */
  readonly over: AbortSignal;
  readonly admission: ItemAdmission;
  /** Items that wait for their next attempt, without a slot. */
  readonly waiting: WaitingItems<WaitingItem>;
  readonly version: RunnableVersion;
  readonly definition: FunctionDefinition;
  readonly compartment: Compartment;
  readonly writer: ProgressWriter;
  readonly slots: Slots;
  /** When the next items may begin. */
  readonly pace: Pace;
  /** Items that a call has. */
  readonly itemsPerCall: number;
  readonly meter: CallMeter;
}

export interface WaitingItem {
  readonly line: InputLine;
  /** Of the attempt that failed. */
  readonly ending: FunctionEnding;
  readonly logs: LogCollector;
  readonly tryAgain: () => Promise<void>;
}

/** Nothing that is done now would be kept. */
export function isOver(work: ChunkWork): boolean {
  return work.lost.aborted || work.writer.refused;
}
