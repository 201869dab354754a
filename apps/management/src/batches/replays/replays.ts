import { Readable } from 'node:stream';
import { Injectable, Logger } from '@nestjs/common';
import { ENDED_RUN_STATES, type BatchRun } from '#shared/domain/batch.js';
import type { BatchInput } from '#shared/domain/batch-definition.js';
import { ConflictError, NotFoundError } from '#shared/domain/errors.js';
import { newId } from '#shared/domain/ids.js';
import { BlobStore } from '#shared/store/blob-store.js';
import { DeadLetterStore, type DeadLetterSelection } from '#shared/store/dead-letter-store.js';
import { InputStore } from '#shared/store/input-store.js';
import { batchTarget } from '../batch-target.js';
import { BatchRuns } from '../batch-runs.js';
import { ActiveVersions } from '../definitions/active-versions.js';
import { RunDispatcher } from '../run-dispatcher.js';
import { pickLines } from './pick-lines.js';
import { ReplayLines, type LinesAgain } from './replay-lines.js';

/** Somebody else took an item between our look and our write: we look again, and give up when that goes on. */
const TRIES = 5;

export interface ReplayRequest {
  readonly selection: DeadLetterSelection;
  /** Also what has succeeded when it was replayed. */
  readonly again: boolean;
  readonly idempotencyKey?: string | undefined;
}

interface StartedRun {
  readonly run: BatchRun;
  readonly isNew: boolean;
}

/**
 * Makes runs that go over items of a run again. Their input is the parent's with the other lines blank: so an item has the same line
 * in the whole family. They run with the app's now active version, and go by the parent's settings.
 */
@Injectable()
export class Replays {
  private readonly logger = new Logger(Replays.name);

  constructor(
    private readonly runs: BatchRuns,
    private readonly versions: ActiveVersions,
    private readonly blobs: BlobStore,
    private readonly inputs: InputStore,
    private readonly deadLetters: DeadLetterStore,
    private readonly lines: ReplayLines,
    private readonly dispatcher: RunDispatcher,
  ) {}

  /** Runs dead letters again. Throws `NotFoundError`, `ConflictError` (nothing of it can be replayed, or its input is gone). */
  async replay(runId: string, request: ReplayRequest): Promise<StartedRun> {
    const { selection, again, idempotencyKey } = request;
    const parent = await this.runs.find(runId);
    return this.start(parent, 'replay', again, idempotencyKey, () =>
      this.lines.ofSelection(runId, selection, again),
    );
  }

  /** Runs all again that has not succeeded, also what never began. Throws as `replay`, and `ConflictError` while the run goes on. */
  async rerun(runId: string, idempotencyKey?: string): Promise<StartedRun> {
    const parent = await this.runs.find(runId);
    if (!ENDED_RUN_STATES.includes(parent.state)) {
      throw new ConflictError(
        `The run ${runId} is ${parent.state}: it can be re-run once it has ended. Its dead letters can be replayed now.`,
      );
    }
    // The run that carries it on has the same items, and no mark of ours: both would run them.
    if (parent.state === 'carriedOver') {
      throw new ConflictError(
        `The run ${runId} is carried over: another run goes on with what it left undone. Re-run that one.`,
      );
    }
    return this.start(parent, 'rerun', false, idempotencyKey, async () =>
      this.lines.undone(parent, await this.inputOf(parent)),
    );
  }

  private async start(
    parent: BatchRun,
    cause: 'replay' | 'rerun',
    again: boolean,
    idempotencyKey: string | undefined,
    choose: () => Promise<LinesAgain>,
  ): Promise<StartedRun> {
    const earlier = idempotencyKey && (await this.deadLetters.findByKey(parent.appId, idempotencyKey));
    if (earlier) return { run: mustBeOf(earlier, parent), isNew: false };
    for (let tries = 0; tries < TRIES; tries += 1) {
      const chosen = await choose();
      if (chosen.lines.length === 0) throw nothingTo(cause, parent);
      const created = await this.create(parent, cause, again, idempotencyKey, chosen);
      if (!created) continue;
      if (created.isNew) this.dispatcher.wake();
      const { id, itemsTotal } = mustBeOf(created.run, parent);
      this.logger.log({ runId: id, parentRunId: parent.id, cause, itemsTotal }, 'Items run again.');
      return created;
    }
    throw new ConflictError('Others are replaying items of the same run: try again.');
  }

  private async create(
    parent: BatchRun,
    cause: 'replay' | 'rerun',
    again: boolean,
    idempotencyKey: string | undefined,
    { lines, marked }: LinesAgain,
  ): Promise<StartedRun | null> {
    const version = await this.versions.of(parent.appName);
    const kind = parent.itemTrigger === 'timer' ? 'none' : 'jsonLines';
    const { definition, itemTrigger } = batchTarget(version, parent.functionName, kind);
    const input = await this.storeInput(parent, lines);
    const run = {
      id: newId(),
      name: parent.name,
      appId: parent.appId,
      appVersionId: version.id,
      functionName: definition.name,
      itemTrigger,
      inputDigest: input.digest,
      inputSizeBytes: input.sizeBytes,
      itemsTotal: lines.length,
      idempotencyKey,
      cause,
      parentRunId: parent.id,
      batchVersion: parent.batchVersion ?? undefined,
      businessDate: parent.businessDate ?? undefined,
      priority: parent.priority,
      pool: parent.pool ?? undefined,
      settings: parent.settings
        ? { ...parent.settings, input: inputOfReplay(parent.settings.input, input.digest) }
        : undefined,
    };
    return this.deadLetters.createChild(run, marked, again);
  }

  private async storeInput(parent: BatchRun, lines: readonly number[]) {
    const content = await this.inputOf(parent);
    // No line is longer than it was: the file that was let in once is the limit.
    const limit = { bytes: parent.inputSizeBytes, what: 'input of a replay', setting: 'maxInputBytes' };
    const picked = Readable.from(pickLines(content as AsyncIterable<Buffer>, lines), { objectMode: false });
    try {
      const stored = await this.blobs.put(picked, limit);
      // A run that is not made after all leaves a file that nothing names: it is looked for by this note.
      await this.inputs.noteFile(stored);
      return stored;
    } finally {
      content.destroy();
    }
  }

  private async inputOf(parent: BatchRun): Promise<Readable> {
    try {
      return await this.blobs.open(parent.inputDigest);
    } catch (error) {
      if (!(error instanceof NotFoundError)) throw error;
      throw new ConflictError(
        `The input of the run ${parent.id} is gone (${parent.inputDigest}): its items can't be run again. Send them as a new run.`,
      );
    }
  }
}

function mustBeOf(run: BatchRun, parent: BatchRun): BatchRun {
  if (run.parentRunId === parent.id) return run;
  throw new ConflictError(`Idempotency-Key: was used for the run ${run.id}, which is no replay of this one.`);
}

function nothingTo(cause: 'replay' | 'rerun', parent: BatchRun): ConflictError {
  return new ConflictError(
    cause === 'rerun'
      ? `Nothing of the run ${parent.id} is left to be run again: every item has succeeded, in it or when it was run again.`
      : `There is no such dead letter of the run ${parent.id} to be replayed: none failed so, they are being replayed, or they ` +
          'succeeded when they were (then "again": true has them run once more).',
  );
}

/** A timer's one item is no file that somebody sent. */
function inputOfReplay(before: BatchInput, file: string): BatchInput {
  return before.kind === 'none' ? before : { kind: 'jsonLines', file };
}
