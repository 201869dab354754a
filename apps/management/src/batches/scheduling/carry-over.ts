import { Injectable } from '@nestjs/common';
import type { BatchRun } from '#shared/domain/batch.js';
import type { BatchCalendar, BatchDefinition } from '#shared/domain/batch-definition.js';
import { newId } from '#shared/domain/ids.js';
import { openingFor } from '#shared/domain/scheduling/occurrences.js';
import type { NewBatchRun } from '#shared/store/batch-store.js';
import type { StoredInput } from '../inputs/input-upload.js';
import { deadlineOf, planOf } from './batch-plan.js';
import { waitsFor } from './planned-runs.js';
import { carriedPriority } from './window-end-decision.js';

/** The run that goes on with another one in the next window. Null where no window is to come. */
@Injectable()
export class CarryOver {
  /**
   * @param input what is left, or null: all of it, whose input may still have to be made
   * @param now a time at which the run's window is over
   */
  next(
    run: BatchRun,
    definition: BatchDefinition,
    calendar: BatchCalendar | null,
    input: StoredInput | null,
    now: Date,
  ): NewBatchRun | null {
    const plan = planOf(definition, calendar, run.createdAt);
    const opening = plan && openingFor(plan, now);
    if (!plan || !opening) return null;
    return {
      ...sameAs(run),
      ...(input ? readyInput(input) : inputOf(run)),
      id: newId(),
      cause: 'carryOver',
      parentRunId: run.id,
      state: 'scheduled',
      notBefore: opening.at,
      windowEndsAt: opening.window?.endsAt,
      deadlineAt: deadlineOf(definition, plan, { notBefore: opening.at, window: opening.window }),
      priority: carriedPriority(run.priority, this.isPredictedLate(run)),
      waitReason: waitsFor(definition, opening.at, now),
    };
  }

  /** Here the forecast has its say: what is late already at its window's end, by its deadline, comes before the rest. */
  private isPredictedLate({ deadlineAt, windowEndsAt }: BatchRun): boolean {
    return deadlineAt !== null && windowEndsAt !== null && deadlineAt <= windowEndsAt;
  }
}

/** The same work of the same business day, by the same version of the app and of the definition. */
function sameAs(run: BatchRun) {
  return {
    name: run.name,
    appId: run.appId,
    appVersionId: run.appVersionId,
    functionName: run.functionName,
    itemTrigger: run.itemTrigger,
    batchVersion: run.batchVersion ?? undefined,
    plannedAt: run.plannedAt ?? undefined,
    businessDate: run.businessDate ?? undefined,
    pool: run.pool ?? undefined,
    settings: run.settings ?? undefined,
  };
}

function readyInput({ digest, sizeBytes, itemsTotal }: StoredInput) {
  return { inputDigest: digest, inputSizeBytes: sizeBytes, itemsTotal, inputState: 'ready' as const };
}

function inputOf(run: BatchRun) {
  if (run.inputState === 'ready')
    return readyInput({
      digest: run.inputDigest,
      sizeBytes: run.inputSizeBytes,
      itemsTotal: run.itemsTotal,
    });
  return { inputDigest: '', inputSizeBytes: 0, itemsTotal: 0, inputState: 'wanted' as const };
}
