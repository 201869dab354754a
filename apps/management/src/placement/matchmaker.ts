import { Injectable, Logger } from '@nestjs/common';
import type { ChunkJob, IndexJob, InvocationJob, Job, WarmJob } from '#shared/contracts/jobs.js';
import type { WaitReason } from '#shared/domain/batch.js';
import { UnavailableError } from '#shared/domain/errors.js';
import { derivedId } from '#shared/domain/ids.js';
import type { Placement } from '#shared/domain/placement.js';
import { PlacementStore } from '#shared/store/placement-store.js';
import { Catalogue } from '../catalogue/catalogue.js';
import { DispatchSettings } from '../dispatch/dispatch-settings.js';
import { indexPlacement } from './index-placement.js';
import { judgeMachines, whyWaiting, type JudgedMachine } from './judge-placement.js';
import { MachineBook, type MachinePage } from './machine-book.js';
import { placedJob, replacedJob } from './placed-job.js';

/** A call is not refused by what is older than this: a machine that was just labelled counts. */
const REFUSAL_AGE_MS = 1_000;

/** Work of a function, wherever it came from. */
interface WorkOf {
  readonly appId: string;
  readonly functionName: string;
  /** The pool of machines that it is for; absent: the installation's. */
  readonly pool?: string | null | undefined;
  /** Of a batch run: what it asks of machines besides its function. */
  readonly settings?: Placement | null | undefined;
}

/** Gives work its requirements and rank, and knows which machines could run it. */
@Injectable()
export class Matchmaker {
  private readonly logger = new Logger(Matchmaker.name);
  /** What was found for a page of machines; another page makes it worthless. */
  private found: { page: MachinePage; reasons: Map<string, WaitReason | null> } | undefined;

  constructor(
    private readonly settings: DispatchSettings,
    private readonly catalogue: Catalogue,
    private readonly placements: PlacementStore,
    private readonly book: MachineBook,
  ) {}

  /** The job with what its function asks of machines now. In memory: this is on every job's way. */
  placed<Placed extends InvocationJob | ChunkJob>(job: Placed): Placed {
    return placedJob(job, this.catalogue.placementOf(job.appId, job.functionName));
  }

  /** A waiting job as its function's placement is now; the very same job where that did not change. */
  placedAnew(job: Job): Job {
    if (job.kind !== 'invocation' && job.kind !== 'chunk') return job;
    return replacedJob(job, this.catalogue.placementOf(job.appId, job.functionName));
  }

  /** A job for each kind of machines that an app's functions, for which calls will come, ask for. */
  placedWarmings(job: WarmJob, appId: string, functionNames: readonly string[]): readonly WarmJob[] {
    const wishes = functionNames.map((name) => this.catalogue.placementOf(appId, name));
    const byText = new Map(wishes.map((wish) => [JSON.stringify(wish ?? {}), wish]));
    return [...byText].map(([text, wish]) =>
      wish === undefined ? job : placedJob({ ...job, id: derivedId(`${job.id} ${text}`) }, wish),
    );
  }

  /** A package must be looked into where the app can run. */
  async placedIndexing(job: IndexJob, appId: string): Promise<IndexJob> {
    return placedJob(job, await this.indexingOf(appId));
  }

  /** Throws `UnavailableError` when no known machine of the pool, online or not, meets what a function requires. */
  async refuseImpossible(work: WorkOf): Promise<void> {
    const placement = this.catalogue.placementOf(work.appId, work.functionName);
    if (placement?.requirements === undefined) return;
    for (const oldestMs of [undefined, REFUSAL_AGE_MS]) {
      const reason = await this.reasonFor(placement, this.poolOf(work), oldestMs);
      if (reason?.code !== 'NO_MATCHING_MACHINE') return;
    }
    // No names of machines: whoever may call a function may not know the fleet.
    throw new UnavailableError(
      `No machine of the pool "${this.poolOf(work)}" meets what the function "${work.functionName}" requires ` +
        `(${placement.requirements}), so nobody would run the call. Its placement preview says why for each machine.`,
    );
  }

  /** Why queued work of a function waits as far as its requirements say, and its batch run's; null: they say nothing. */
  async whyWaiting(work: WorkOf): Promise<WaitReason | null> {
    const { requirements } = this.catalogue.placementOf(work.appId, work.functionName) ?? {};
    const batchRequirements = work.settings?.requirements;
    if (requirements === undefined && batchRequirements === undefined) return null;
    return this.reasonFor({ requirements, batchRequirements }, this.poolOf(work));
  }

  /** Why a package of an app waits to be looked into; null: its requirements say nothing. */
  async whyNotIndexed(appId: string): Promise<WaitReason | null> {
    const placement = await this.indexingOf(appId);
    return placement === undefined ? null : this.reasonFor(placement, this.settings.pool);
  }

  /** What a placement would mean for each machine of a pool. */
  async preview(
    placement: Placement,
    pool: string,
  ): Promise<{ machines: readonly JudgedMachine[]; waitReason: WaitReason | null }> {
    const machines = machinesOf(await this.book.open(REFUSAL_AGE_MS), pool);
    return {
      machines: judgeMachines(placement, machines),
      waitReason: whyWaiting(placement, machines, pool),
    };
  }

  private async indexingOf(appId: string): Promise<Placement | undefined> {
    const version = this.catalogue.active().find((one) => one.appId === appId);
    if (version) {
      const enabled = version.functions.filter(({ disabled }) => !disabled);
      return indexPlacement(enabled.map(({ name }) => this.catalogue.placementOf(appId, name)));
    }
    const all = await this.placements.list();
    return indexPlacement(all.filter((one) => one.appId === appId).map(({ placement }) => placement));
  }

  private poolOf({ pool }: WorkOf): string {
    return pool ?? this.settings.pool;
  }

  /** Not knowing the machines, while SQL is away, is no reason to say that there are none. */
  private async reasonFor(
    placement: Placement & { readonly batchRequirements?: string | undefined },
    pool: string,
    oldestMs?: number,
  ): Promise<WaitReason | null> {
    try {
      const page = await this.book.open(oldestMs);
      return this.remembered(page, `${pool} ${placement.requirements} ${placement.batchRequirements}`, () =>
        whyWaiting(placement, machinesOf(page, pool), pool),
      );
    } catch (error) {
      if (!(error instanceof UnavailableError)) throw error;
      this.logger.debug({ err: error }, 'The machines could not be read.');
      return null;
    }
  }

  private remembered(page: MachinePage, key: string, find: () => WaitReason | null): WaitReason | null {
    if (this.found?.page !== page) this.found = { page, reasons: new Map() };
    const known = this.found.reasons.get(key);
    if (known !== undefined) return known;
    const reason = find();
    this.found.reasons.set(key, reason);
    return reason;
  }
}

function machinesOf({ machines }: MachinePage, pool: string): MachinePage['machines'] {
  return machines.filter(({ machine }) => machine.pool === pool);
}
