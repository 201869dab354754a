import { Injectable } from '@nestjs/common';
import type { WaitReason } from '#shared/domain/batch.js';
import type { BatchDefinition } from '#shared/domain/batch-definition.js';
import type { DefinedBatch } from '#shared/domain/defined-batch.js';
import { NightjarError, UnavailableError } from '#shared/domain/errors.js';
import type { AppVersion } from '#shared/domain/function-app.js';
import type { NewBatchRun } from '#shared/store/batch-store.js';
import { type RunChanges, runOfDefinition } from '../definitions/run-of-definition.js';
import { InputFiles } from '../inputs/input-files.js';
import { timerLine } from '../inputs/timer-line.js';
import type { StoredInput } from '../inputs/input-upload.js';

/** A run that was made, or why none can be. */
export type Made = { readonly run: NewBatchRun } | { readonly refused: string };

/** Timer objects of a round, by whether the run is late: all runs of timer functions have one of the two. */
export type TimerInputs = Map<boolean, Promise<StoredInput>>;

/** Makes runs of definitions without anybody having asked for them. */
@Injectable()
export class PlannedRuns {
  constructor(private readonly inputs: InputFiles) {}

  /**
   * A run as the definition says. Refused, with the reason in words, when the app's active version does not fit the definition (any
   * more): somebody must publish or define anew.
   */
  async make(
    batch: DefinedBatch,
    version: AppVersion | NightjarError,
    changes: RunChanges,
    timers: TimerInputs = new Map(),
  ): Promise<Made> {
    if (version instanceof NightjarError) return { refused: version.message };
    try {
      const madeInput = await this.inputOf(batch.definition, changes, timers);
      return { run: runOfDefinition(batch, version, { ...changes, madeInput }) };
    } catch (error) {
      if (!(error instanceof NightjarError) || error instanceof UnavailableError) throw error;
      return { refused: error.message };
    }
  }

  /** A timer function's one item is known at once, and the same for many: no need to have it made. */
  private inputOf(
    { input }: BatchDefinition,
    { cause = 'request' }: RunChanges,
    timers: TimerInputs,
  ): Promise<StoredInput> | undefined {
    if (input.kind !== 'none') return undefined;
    const isLate = cause === 'catchUp';
    const standing = timers.get(isLate) ?? this.inputs.storeLines([timerLine({ cause })]);
    timers.set(isLate, standing);
    return standing;
  }
}

/** Until somebody looks closer. */
export function waitsFor(definition: BatchDefinition, notBefore: Date, now: Date): WaitReason {
  if (notBefore > now)
    return {
      code: definition.window ? 'WINDOW' : 'NOT_YET',
      message: definition.window
        ? `It waits for its window, which opens at ${notBefore.toISOString()}.`
        : `It waits for its time, ${notBefore.toISOString()}.`,
    };
  return { code: 'SCHEDULED', message: 'It has just been planned.' };
}
