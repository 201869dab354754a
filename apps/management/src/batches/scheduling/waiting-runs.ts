import { Injectable, Logger } from '@nestjs/common';
import { UnavailableError } from '#shared/domain/errors.js';
import type { Failure } from '#shared/domain/invocation.js';
import { BatchStore } from '#shared/store/batch-store.js';
import { type OpenRunFacts, type PlannedRun, RunScheduleStore } from '#shared/store/run-schedule-store.js';
import { type Admission, decideAdmission, notMet } from './admission-decision.js';
import { type DayRuns, UpstreamRuns } from './upstream-runs.js';

const PAGE = 250;
/** Without a window a run waits no longer than this for what it depends on: then it is honest to say that nothing comes of it. */
const LONGEST_WAIT_MS = 7 * 86_400_000;

/** Lets runs begin whose time has come: `scheduled` → `waiting`, or they end, or say what they wait for. */
@Injectable()
export class WaitingRuns {
  private readonly logger = new Logger(WaitingRuns.name);

  constructor(
    private readonly runs: RunScheduleStore,
    private readonly batches: BatchStore,
    private readonly upstream: UpstreamRuns,
  ) {}

  /**
   * Looks at all runs whose time has come, page by page.
   * @param now the database's time
   * @returns how many may begin now
   */
  async admitAll(now: Date, isStopping: () => boolean): Promise<number> {
    const known: DayRuns = new Map();
    let begun = 0;
    for (let afterId: string | undefined = ''; afterId !== undefined && !isStopping();) {
      const page = await this.runs.listScheduled(now, PAGE, afterId);
      const batchIds = [...new Set(page.map(({ run }) => run.batchId))];
      const open = Map.groupBy(await this.runs.openRunsOf(batchIds), ({ batchId }) => batchId);
      for (const planned of page) {
        if (await this.admitOne(planned, open, known, now)) begun += 1;
      }
      afterId = page.length < PAGE ? undefined : page.at(-1)?.run.id;
    }
    return begun;
  }

  /** What goes wrong with one run must not keep the others; an outage concerns all. */
  private async admitOne(
    planned: PlannedRun,
    open: Map<string, readonly OpenRunFacts[]>,
    known: DayRuns,
    now: Date,
  ): Promise<boolean> {
    try {
      return await this.admit(planned, open, known, now);
    } catch (error) {
      if (error instanceof UnavailableError) throw error;
      this.logger.error({ err: error, runId: planned.run.id }, 'A run could not begin; it is tried again.');
      return false;
    }
  }

  private async admit(
    planned: PlannedRun,
    open: Map<string, readonly OpenRunFacts[]>,
    known: DayRuns,
    now: Date,
  ): Promise<boolean> {
    const { run } = planned;
    const siblings = open.get(run.batchId) ?? [];
    // Another run of this round has taken its place.
    if (!siblings.some(({ id }) => id === run.id)) return false;
    const admission = await this.decide(planned, siblings, known, now);
    const left = await this.carryOut(run.id, admission, planned);
    const gone = new Set(left.ended);
    open.set(
      run.batchId,
      siblings
        .filter(({ id }) => !gone.has(id))
        .map((one) => (left.hasBegun && one.id === run.id ? { ...one, state: 'waiting' as const } : one)),
    );
    return left.hasBegun;
  }

  private async decide(
    { run, definition }: PlannedRun,
    open: readonly OpenRunFacts[],
    known: DayRuns,
    now: Date,
  ): Promise<Admission> {
    const dependencies = definition
      ? await this.upstream.judge(definition, run.businessDate, known)
      : ({ kind: 'met' } as const);
    const waitedMs = now.getTime() - (run.notBefore ?? run.createdAt).getTime();
    if (dependencies.kind === 'pending' && run.windowEndsAt === null && waitedMs > LONGEST_WAIT_MS)
      return notMet(`${dependencies.message} After a week of waiting that is given up.`, false);
    return decideAdmission({ run, overlap: definition?.overlap ?? 'allowAll', open, dependencies, now });
  }

  private async carryOut(
    runId: string,
    admission: Admission,
    { run }: PlannedRun,
  ): Promise<{ readonly hasBegun: boolean; readonly ended: readonly string[] }> {
    if (admission.action === 'end') {
      const { state, failure } = admission;
      if (await this.runs.endScheduled(runId, state, failure))
        this.logger.warn({ runId, batchId: run.batchId, reason: failure.message }, 'A run was not begun.');
      return { hasBegun: false, ended: [runId] };
    }
    for (const id of admission.replace) await this.runs.endScheduled(id, 'cancelled', replacedBy(runId));
    if (admission.action === 'begin') {
      for (const id of admission.terminate) await this.batches.terminateRun(id);
      return { hasBegun: await this.runs.begin(runId), ended: admission.replace };
    }
    for (const id of admission.cancel) await this.batches.cancelRun(id);
    const { reason } = admission;
    if (run.waitReason?.message !== reason.message) await this.runs.explain(runId, reason);
    return { hasBegun: false, ended: admission.replace };
  }
}

function replacedBy(runId: string): Failure {
  return {
    source: 'platform',
    type: 'Replaced',
    message: `It was not run: the run ${runId} of the same batch has taken its place (overlap policy).`,
  };
}
