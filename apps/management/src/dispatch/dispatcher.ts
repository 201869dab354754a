import { Injectable, Logger } from '@nestjs/common';
import type { Job } from '#shared/contracts/jobs.js';
import type { IndexReply, InvocationReply } from '#shared/contracts/replies.js';
import type { BatchRun } from '#shared/domain/batch.js';
import { newId } from '#shared/domain/ids.js';
import type { Schedule } from '#shared/domain/schedule.js';
import type { Lane } from '#shared/queue/lane.js';
import { ReplyInbox } from '#shared/queue/reply-channel.js';
import { WorkQueue } from '#shared/queue/work-queue.js';
import type { NewBatchChunk } from '#shared/store/batch-store.js';
import { InvocationStore } from '#shared/store/invocation-store.js';
import type { AcceptedInvocation, NewInvocation } from '#shared/store/invocation-store.js';
import { type OccurrenceClaimOutcome, ScheduleStore } from '#shared/store/schedule-store.js';
import { FAAS } from '#shared/telemetry/faas-attributes.js';
import { openSpan, SpanKind } from '#shared/telemetry/tracing.js';
import type { CallResult } from './call-result.js';
import { DispatchSettings } from './dispatch-settings.js';
import {
  callJob,
  chunkJob,
  indexJob,
  promiseOf,
  promisedJob,
  streamedCallJob,
  warmJob,
} from './job-making.js';
import type { FunctionCall, PackageToIndex, StreamedFunctionCall } from './job-making.js';
import { Matchmaker } from '../placement/matchmaker.js';
import { chunkLaneOf, lanesOf } from './lanes.js';
import type { Lanes } from './lanes.js';
import { OutcomeWaiter } from './outcome-waiter.js';
import { QueueTrouble } from './queue-trouble.js';

/** A streamed call that lies on the queue. */
export interface BegunCall {
  /** Null when there was none within the call's wait, or it was forgotten. */
  readonly reply: Promise<InvocationReply | null>;
  forget(): void;
  /** Takes it off the queue unless a worker has it. Never throws. */
  withdraw(): Promise<void>;
}

/** The first time that SQL puts a promise on a queue. */
const FIRST_DISPATCH = 1;

/**
 * The only place that records and enqueues invocations.
 *
 * Work is either *called* or *promised*. A call has a client waiting: it goes straight to the queue, and when the queue is
 * away the client is told at once. A promise is a row in SQL before it is a job: when the queue is away the promise stands,
 * and the reconciler enqueues it later.
 */
@Injectable()
export class Dispatcher {
  private readonly logger = new Logger(Dispatcher.name);
  private readonly lanes: Lanes;

  constructor(
    private readonly settings: DispatchSettings,
    private readonly queue: WorkQueue,
    private readonly inbox: ReplyInbox,
    private readonly invocations: InvocationStore,
    private readonly schedules: ScheduleStore,
    private readonly outcomes: OutcomeWaiter,
    private readonly trouble: QueueTrouble,
    private readonly matchmaker: Matchmaker,
  ) {
    this.lanes = lanesOf(settings);
  }

  /**
   * Calls a function and waits for its answer, for `waitMs` at most. Throws `UnavailableError` at once when the queue can't be
   * reached, or no machine meets what the function requires: nothing was accepted then, and the client may try again. A client that
   * goes away takes its call with it: off the queue, or the worker that runs it is told.
   */
  async callFunction(call: FunctionCall): Promise<CallResult> {
    await this.matchmaker.refuseImpossible(workOf(call));
    const id = newId();
    const job = this.matchmaker.placed(callJob(id, call, this.inbox.address, Date.now()));
    // Before the job: an answer that nobody expects yet would be dropped.
    const waiter = this.inbox.expect(id, call.waitMs);
    try {
      await this.queue.enqueue(this.lanes.interactive, [job]);
    } catch (error) {
      waiter.cancel();
      throw error;
    }
    call.client?.whenGone(() => waiter.cancel());
    const reply = await waiter.reply;
    if (reply?.kind === 'invocation') return { state: 'replied', id, reply };
    if (call.client?.isGone) return this.hangUp(id);
    await this.promiseLate(id, call);
    return { state: 'stillRunning', id };
  }

  /**
   * Hands a streamed call to the queue: its answer comes by its stream. Only a worker that can't get there replies.
   * Throws `UnavailableError` at once when the queue can't be reached, or no machine meets what the function requires.
   */
  async beginStreamedCall(id: string, call: StreamedFunctionCall): Promise<BegunCall> {
    await this.matchmaker.refuseImpossible(workOf(call));
    const waiter = this.inbox.expect(id, call.waitMs);
    const job = this.matchmaker.placed(streamedCallJob(id, call, this.inbox.address, Date.now()));
    try {
      await this.queue.enqueue(this.lanes.interactive, [job]);
    } catch (error) {
      waiter.cancel();
      throw error;
    }
    return {
      reply: waiter.reply.then((reply) => (reply?.kind === 'invocation' ? reply : null)),
      forget: () => waiter.cancel(),
      withdraw: () => this.withdraw(this.lanes.interactive, [id]),
    };
  }

  /**
   * Writes promises, then enqueues those that are new. Throws only when SQL does; a queue that is away is no error for the
   * caller. Answers in the order given.
   */
  async accept(invocations: readonly NewInvocation[]): Promise<readonly AcceptedInvocation[]> {
    const accepted = await this.invocations.accept(invocations);
    const promised = invocations.filter((_, index) => accepted[index]?.isNew);
    await this.enqueuePromised(promised);
    return accepted;
  }

  /**
   * Claims a schedule's occurrence and promises its invocation in one transaction (null: the occurrence is skipped).
   * Nothing is promised when it had been claimed before, by whomever, or when the run before it goes on.
   */
  async acceptOccurrence(
    scheduleId: string,
    plannedAt: Date,
    invocation: NewInvocation | null,
  ): Promise<OccurrenceClaimOutcome> {
    const outcome = await this.schedules.claimOccurrence(scheduleId, plannedAt, invocation);
    if (outcome === 'claimed' && invocation) await this.enqueuePromised([invocation]);
    return outcome;
  }

  /** Waits for the end of a promised invocation, which another request may have made (`Idempotency-Key`). */
  waitFor(id: string, waitMs: number): Promise<CallResult> {
    return this.outcomes.waitFor(id, waitMs);
  }

  /**
   * Has a worker load a package and say which functions are in it; null when no worker answered in time.
   * Throws `UnavailableError` when the queue can't be reached.
   */
  async indexPackage(
    request: PackageToIndex & { readonly appId: string; readonly timeoutMs: number },
  ): Promise<IndexReply | null> {
    const id = newId();
    const job = await this.matchmaker.placedIndexing(
      indexJob(id, request, this.inbox.address, Date.now() + request.timeoutMs),
      request.appId,
    );
    const waiter = this.inbox.expect(id, request.timeoutMs);
    try {
      await this.queue.enqueue(this.lanes.interactive, [job]);
    } catch (error) {
      waiter.cancel();
      throw error;
    }
    const reply = await waiter.reply;
    if (reply?.kind === 'index') return reply;
    // Workers drop it after its deadline; taking it off at once spares them the look.
    await this.withdraw(this.lanes.interactive, [id]);
    return null;
  }

  /** Enqueues a chunk that stands in SQL. Never throws: the reconciler enqueues what this could not. */
  async dispatchChunk(run: BatchRun, chunk: NewBatchChunk): Promise<void> {
    // A trace of its own: a run's would have millions of spans.
    const span = openSpan(`dispatch ${run.functionName}`, {
      kind: SpanKind.PRODUCER,
      attributes: { [FAAS.functionName]: run.functionName, [FAAS.appName]: run.appName },
    });
    const job = this.matchmaker.placed(chunkJob(run, chunk, FIRST_DISPATCH, span.traceParent));
    await this.enqueueLater(chunkLaneOf(this.settings, run), [job]);
    span.end();
  }

  /**
   * Has workers get containers ready for calls of an app's functions that are due at a time. Never throws: without it they wait for
   * their container.
   */
  async warmUp(
    { appId, appVersionId }: Pick<Schedule, 'appId' | 'appVersionId'>,
    functionNames: readonly string[],
    dueAt: Date,
  ): Promise<void> {
    const jobs = this.matchmaker.placedWarmings(warmJob(appVersionId, dueAt, appId), appId, functionNames);
    await this.queue.enqueue(this.lanes.interactive, jobs).catch((error: unknown) => {
      this.logger.debug({ err: error, appVersionId }, 'Workers could not be told to warm up.');
    });
  }

  /** Takes chunks off the queue that no worker has. Never throws: a worker refuses a chunk whose run was cancelled. */
  async withdrawChunks(run: Pick<BatchRun, 'pool'>, chunkIds: readonly string[]): Promise<void> {
    await this.withdraw(chunkLaneOf(this.settings, run), chunkIds);
  }

  /** A machine is gone with what it ran: the reconciler looks now and not only at the next full minute. */
  lookForLostWork(): void {
    this.trouble.note();
  }

  /**
   * Makes a promise of a call whose client is told to ask again, so that its status can be asked for and a lost job is put
   * back. It is not enqueued again: its job is under way, without a dispatch count, and its attempts have fences below 1000.
   *
   * Why that runs nothing twice: when the outcome was committed in the meantime, its row is there and `accept` changes
   * nothing. While the job lives, the queue knows it by this id and the reconciler leaves it alone; its outcome finds the row
   * unclaimed and ends it. Only when the queue has lost the job is it dispatched again, as dispatch 2 with fences from 2001:
   * the new attempt's claim then refuses whatever the lost one may still commit.
   */
  private async promiseLate(id: string, call: FunctionCall): Promise<void> {
    await this.invocations.accept([promiseOf(id, call)]);
  }

  private async hangUp(id: string): Promise<CallResult> {
    const done = await this.queue.hangUp(this.lanes.interactive, id).catch((error: unknown) => {
      this.logger.debug({ err: error, id }, 'A call whose client has gone could not be given up.');
      return 'told' as const;
    });
    return { state: 'clientGone', id, isUnderWay: done === 'told' };
  }

  private async enqueuePromised(invocations: readonly NewInvocation[]): Promise<void> {
    const now = Date.now();
    const jobs = invocations.map((invocation) => {
      // Somebody may wait for an HTTP call's end (`waitFor`); an answer that nobody waits for is dropped.
      const replyTo = invocation.trigger === 'http' ? this.inbox.address : undefined;
      return this.matchmaker.placed(promisedJob(invocation, FIRST_DISPATCH, now, replyTo));
    });
    await this.enqueueLater(this.lanes.interactive, jobs);
  }

  private async enqueueLater(lane: Lane, jobs: readonly Job[]): Promise<void> {
    if (jobs.length === 0) return;
    try {
      await this.queue.enqueue(lane, jobs);
    } catch (error) {
      this.trouble.note();
      this.logger.warn(
        { err: error, jobs: jobs.length, firstId: jobs[0]?.id },
        'Accepted work could not be enqueued; the reconciler will do it.',
      );
    }
  }

  private async withdraw(lane: Lane, ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    await this.queue.remove(lane, ids).catch((error: unknown) => {
      this.logger.warn(
        { err: error, ids: ids.length },
        'Work that is not wanted any more could not be taken off its queue.',
      );
    });
  }
}

function workOf({ version, definition }: FunctionCall): { appId: string; functionName: string } {
  return { appId: version.appId, functionName: definition.name };
}
