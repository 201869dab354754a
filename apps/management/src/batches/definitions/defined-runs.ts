import { Injectable, Logger } from '@nestjs/common';
import type { BatchRun } from '#shared/domain/batch.js';
import type { DefinedBatch } from '#shared/domain/defined-batch.js';
import { businessDateAt, compileCalendar } from '#shared/domain/scheduling/calendar.js';
import { BatchStore } from '#shared/store/batch-store.js';
import { CalendarStore } from '#shared/store/calendar-store.js';
import { Store } from '#shared/store/store.js';
import { InputFiles } from '../inputs/input-files.js';
import { InputMaking } from '../inputs/input-making.js';
import { timerLine } from '../inputs/timer-line.js';
import type { StoredInput } from '../inputs/input-upload.js';
import { RunDispatcher } from '../run-dispatcher.js';
import { ActiveVersions } from './active-versions.js';
import { BatchDefinitions } from './batch-definitions.js';
import type { BatchPath, RunRequestBody } from './definition-requests.js';
import { InputChecks } from './input-checks.js';
import { runOfDefinition } from './run-of-definition.js';

/** Runs of definitions, by request. */
@Injectable()
export class DefinedRuns {
  private readonly logger = new Logger(DefinedRuns.name);

  constructor(
    private readonly definitions: BatchDefinitions,
    private readonly versions: ActiveVersions,
    private readonly calendars: CalendarStore,
    private readonly store: Store,
    private readonly batches: BatchStore,
    private readonly inputs: InputFiles,
    private readonly making: InputMaking,
    private readonly checks: InputChecks,
    private readonly dispatcher: RunDispatcher,
  ) {}

  /** Begins now, whatever the window, also when the batch is paused: somebody wants it. */
  async start(
    path: BatchPath,
    { input, priority }: RunRequestBody,
    idempotencyKey?: string,
  ): Promise<{ readonly run: BatchRun; readonly isNew: boolean }> {
    const batch = await this.definitions.find(path);
    const version = await this.versions.of(path.app);
    if (input) await this.checks.check(input);
    const kind = (input ?? batch.definition.input).kind;
    const run = runOfDefinition(batch, version, {
      input,
      priority,
      idempotencyKey,
      cause: 'request',
      businessDate: await this.businessDateOf(batch),
      madeInput: kind === 'none' ? await this.timerLine() : undefined,
    });
    const created = await this.batches.createRun(run);
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

  /** Only a calendar says when a business day begins. */
  private async businessDateOf({ definition }: DefinedBatch): Promise<string | undefined> {
    if (definition.calendar === undefined) return undefined;
    const standing = await this.calendars.find(definition.calendar);
    return standing ? businessDateAt(compileCalendar(standing.calendar), await this.store.now()) : undefined;
  }
}
