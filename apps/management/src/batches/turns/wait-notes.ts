import { Injectable } from '@nestjs/common';
import type { BatchRun, WaitReason } from '#shared/domain/batch.js';
import { BatchStore } from '#shared/store/batch-store.js';
import type { Decision } from '../run-decision.js';

/** What the dispatcher says; reasons of others are theirs. */
const OUR_CODES: ReadonlySet<string> = new Set([
  'NO_MATCHING_MACHINE',
  'MATCHING_MACHINES_AWAY',
  'CONCURRENCY_KEY_FULL',
  'NOT_TAKEN',
]);

/** Of thousands that wait for the same, the others are noted in the next rounds. */
const NOTES_PER_ROUND = 16;

/** Writes down why runs wait, so that whoever asks is told, by whichever instance; only where it has changed. */
@Injectable()
export class WaitNotes {
  constructor(private readonly batches: BatchStore) {}

  async note(
    runs: readonly BatchRun[],
    { waiting, actions }: Pick<Decision, 'waiting' | 'actions'>,
  ): Promise<void> {
    // Whatever the store has done for these, it has noted too.
    const acted = new Set(actions.map(({ runId }) => runId));
    const changed = runs.filter((run) => !acted.has(run.id) && isNews(run.waitReason, waiting.get(run.id)));
    for (const run of changed.slice(0, NOTES_PER_ROUND))
      await this.batches.noteWaiting(run.id, waiting.get(run.id) ?? null);
  }
}

function isNews(noted: WaitReason | null, reason: WaitReason | undefined): boolean {
  if (noted !== null && !OUR_CODES.has(noted.code)) return false;
  return noted?.code !== reason?.code || noted?.message !== reason?.message;
}
