import type { Readable } from 'node:stream';
import { Injectable, Logger } from '@nestjs/common';
import { ENDED_RUN_STATES } from '#shared/domain/batch.js';
import type { BatchRun } from '#shared/domain/batch.js';
import { ConflictError, NotFoundError } from '#shared/domain/errors.js';
import { newId } from '#shared/domain/ids.js';
import { BatchStore } from '#shared/store/batch-store.js';
import { Dispatcher } from '../dispatch/dispatcher.js';
import { batchTarget } from './batch-target.js';
import { ActiveVersions } from './definitions/active-versions.js';
import { InputFiles } from './inputs/input-files.js';
import type { ToJsonLines } from './inputs/input-upload.js';
import { RunDispatcher } from './run-dispatcher.js';
import { mustBeSameBatch } from './same-key.js';

export interface RunRequest {
  readonly app: string;
  readonly function: string;
  /** The batch's name; without one it is called like the function. */
  readonly name?: string | undefined;
  /** By when it is to be done. */
  readonly deadlineAt?: Date | undefined;
  readonly idempotencyKey?: string | undefined;
  /** JSON Lines, or what `convert` makes them of. */
  readonly body: Readable;
  readonly convert?: ToJsonLines | undefined;
}

/** Starts and cancels batch runs. */
@Injectable()
export class BatchRuns {
  private readonly logger = new Logger(BatchRuns.name);

  constructor(
    private readonly files: InputFiles,
    private readonly versions: ActiveVersions,
    private readonly batches: BatchStore,
    private readonly dispatcher: Dispatcher,
    private readonly runDispatcher: RunDispatcher,
  ) {}

  /** Checks what is asked for before the upload is read, stores the input, and has the run begin. */
  async start(request: RunRequest): Promise<{ readonly run: BatchRun; readonly isNew: boolean }> {
    const version = await this.versions.of(request.app);
    const { definition, itemTrigger } = batchTarget(version, request.function, 'jsonLines');
    const input = await this.files.storeUpload(request.body, request.convert);
    const name = request.name ?? definition.name;
    const created = await this.batches.createRun({
      id: newId(),
      name,
      appId: version.appId,
      appVersionId: version.id,
      functionName: definition.name,
      inputDigest: input.digest,
      inputSizeBytes: input.sizeBytes,
      itemsTotal: input.itemsTotal,
      itemTrigger,
      idempotencyKey: request.idempotencyKey,
      deadlineAt: request.deadlineAt,
    });
    mustBeSameBatch(created, { name, functionName: definition.name });
    if (created.isNew) this.runDispatcher.wake();
    this.logger.log(
      { runId: created.run.id, isNew: created.isNew, itemsTotal: input.itemsTotal },
      'A batch run was asked for.',
    );
    return created;
  }

  /**
   * Nothing more of the run is begun; items under way come to their end. Cancelling what is being cancelled changes nothing.
   * Throws `ConflictError` when the run has ended.
   */
  cancel(runId: string): Promise<BatchRun> {
    return this.endEarly(runId, (id) => this.batches.cancelRun(id));
  }

  /**
   * As `cancel`, and what is under way is ended now: workers look each second. Its items are recorded as cancelled.
   * Throws `ConflictError` when the run has ended.
   */
  terminate(runId: string): Promise<BatchRun> {
    return this.endEarly(runId, (id) => this.batches.terminateRun(id));
  }

  async find(runId: string): Promise<BatchRun> {
    const run = await this.batches.findRun(runId);
    if (!run) throw new NotFoundError('batch run', runId);
    return run;
  }

  private async endEarly(runId: string, end: (runId: string) => Promise<boolean>): Promise<BatchRun> {
    const run = await this.find(runId);
    if (ENDED_RUN_STATES.includes(run.state)) throw hasEnded(run);
    const before = await this.openChunkIds(runId);
    if (!(await end(runId))) throw hasEnded(await this.find(runId));
    const after = await this.openChunkIds(runId);
    // Workers would refuse the chunks that ended with this; taking them off keeps the queue short. What a worker has claimed
    // stays: it may wait there for its next attempt, which ends it.
    await this.dispatcher.withdrawChunks(
      run,
      [...before].filter((id) => !after.has(id)),
    );
    this.runDispatcher.wake();
    return this.find(runId);
  }

  private async openChunkIds(runId: string): Promise<ReadonlySet<string>> {
    return new Set(await this.batches.openChunkIds(runId));
  }
}

function hasEnded(run: BatchRun): ConflictError {
  return new ConflictError(`The batch run ${run.id} has ended as ${run.state}: there is nothing to cancel.`);
}
