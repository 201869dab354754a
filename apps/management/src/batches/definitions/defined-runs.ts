import { Injectable, Logger } from '@nestjs/common';
import type { BatchRun } from '#shared/domain/batch.js';
import { BatchStore } from '#shared/store/batch-store.js';
import { InputFiles } from '../inputs/input-files.js';
import { InputMaking } from '../inputs/input-making.js';
import { timerLine } from '../inputs/timer-line.js';
import type { StoredInput } from '../inputs/input-upload.js';
import { RunDispatcher } from '../run-dispatcher.js';
import { mustBeSameBatch } from '../same-key.js';
import { ActiveVersions } from './active-versions.js';
import { BatchDefinitions } from './batch-definitions.js';
import type { BatchPath, RunRequestBody } from './definition-requests.js';
import { InputChecks } from './input-checks.js';
import { PlannedTimes } from './planned-times.js';
import { runOfDefinition } from './run-of-definition.js';

/** Runs of definitions, by request. */
@Injectable()
export class DefinedRuns {
  private readonly logger = new Logger(DefinedRuns.name);

  constructor(
    private readonly definitions: BatchDefinitions,
    private readonly versions: ActiveVersions,
    private readonly times: PlannedTimes,
    private readonly batches: BatchStore,
    private readonly inputs: InputFiles,
    private readonly making: InputMaking,
    private readonly checks: InputChecks,
    private readonly dispatcher: RunDispatcher,
  ) {}

  /** Begins now, whatever the window, also when the batch is paused: somebody wants it. */
  async start(
    path: BatchPath,
    { input, priority, deadlineAt }: RunRequestBody,
    idempotencyKey?: string,
  ): Promise<{ readonly run: BatchRun; readonly isNew: boolean }> {
    const batch = await this.definitions.find(path);
    const version = await this.versions.of(path.app);
    if (input) await this.checks.check(input);
    const kind = (input ?? batch.definition.input).kind;
    const run = runOfDefinition(batch, version, {
      input,
      priority,
      deadlineAt,
      idempotencyKey,
      cause: 'request',
      businessDate: await this.times.businessDateOf(batch.definition),
      madeInput: kind === 'none' ? await this.timerLine() : undefined,
    });
    const created = await this.batches.createRun(run);
    mustBeSameBatch(created, run);
    if (created.isNew) this.wake(created.run);
    this.logger.log(
      { runId: created.run.id, isNew: created.isNew, ...path },
      'A run of a batch was asked for.',
    );
    return created;
  }

  private wake(run: BatchRun): void {
    if (run.inputState === 'ready') this.dispatcher.wake();
    else this.making.wake();
  }

  /** A timer function has one item, whose line is the timer's object. */
  private timerLine(): Promise<StoredInput> {
    return this.inputs.storeLines([timerLine({ cause: 'request' })]);
  }
}
