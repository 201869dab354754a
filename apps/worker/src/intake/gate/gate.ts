import type { ChunkJob, InvocationJob, Job } from '#shared/contracts/jobs.js';
import type { MachineFacts } from '#shared/contracts/matching/machine-facts.js';
import { matches } from '#shared/contracts/matching/matching.js';
import { triggerOf, type AppVersion } from '#shared/domain/function-app.js';
import { isChoosy, leftForMs } from '#shared/queue/elsewhere.js';
import type { TakenJob } from '#shared/queue/work-source.js';
import { admitSeconds, type TimeLeft } from '../../capacity/admission/admission.js';
import type { DurationBook } from '../../capacity/admission/duration-book.js';
import type { Outlook } from '../../capacity/admission/outlook.js';
import { callShape } from '../call-shape.js';
import type { VersionCache } from '../version-cache.js';
import {
  decideTaking,
  EVICTIONS_TILL_DEDICATED,
  TAKE,
  type Taking,
  type WorkFacts,
} from './decide-taking.js';
import { callSeconds, type Need } from './need.js';
import type { Peers } from './peers.js';

/** What the gate knows of its machine, of other machines and of functions. None of it is looked up for work that may run anywhere. */
export interface GateKnowledge {
  readonly outlook: Pick<Outlook, 'left'>;
  readonly durations: Pick<DurationBook, 'known' | 'ready'>;
  readonly versions: Pick<VersionCache, 'find'>;
  /** Of this machine. */
  readonly own: { readonly facts: MachineFacts };
  readonly peers: Pick<Peers, 'hasDedicated' | 'hasBetter'>;
  /** The database's time. */
  readonly now: () => Date;
}

export interface GateSettings {
  /** Function calls of one chunk at a time. */
  readonly itemsInFlight: number;
  /** Items per call of a trigger with `cardinality: many`. */
  readonly groupSize: number;
}

type Handed = Pick<TakenJob, 'job' | 'course'>;

/** Says of one chunk's items whether the next may start. */
export interface ItemAdmission {
  mayStart(): boolean;
  /** One could not: from then on none may. */
  readonly isShort: boolean;
}

/**
 * Decides whether work that the queue has handed to this machine is run here. On a machine whose time has no end, for work that asks
 * for nothing, the answer is there at once and costs nothing; else the facts are gathered first.
 */
export class Gate {
  constructor(
    private readonly knowledge: GateKnowledge,
    private readonly settings: GateSettings,
  ) {}

  /** Rejects with what reading the app's version or machines ends with. */
  judge(handed: Handed): Taking | Promise<Taking> {
    const { job } = handed;
    if (job.kind === 'chunk')
      return this.#isOpenTo(handed, job.notAfter) ? TAKE : this.#judge(handed, job, false);
    if (job.kind === 'invocation') return this.#isOpenTo(handed) ? TAKE : this.#judge(handed, job, true);
    // What nobody waits for any more is taken to be dropped: left to others, it would go round for ever.
    const isLate = this.knowledge.now().getTime() > job.deadlineAt;
    return isLate || this.#meets(job) ? TAKE : { verdict: 'refuse', reason: 'IMAGE_INCOMPATIBLE' };
  }

  /** @param course of the chunk when it was taken */
  forItems(job: ChunkJob, version: AppVersion, { passes }: TakenJob['course']): ItemAdmission {
    let isShort = false;
    const leftMs = leftForMs(passes, isChoosy(job));
    const fits = (): boolean => {
      const left = this.#left(job);
      return isEndless(left) || admitSeconds(callSeconds(this.#needOf(job, version), leftMs), left).admitted;
    };
    return {
      mayStart: () => {
        isShort ||= !fits();
        return !isShort;
      },
      get isShort() {
        return isShort;
      },
    };
  }

  #isOpenTo({ job, course }: Handed, notAfter?: number): boolean {
    if (requirementsOf(job).length > 0 || rankIn(job) !== undefined || notAfter !== undefined) return false;
    return (
      course.evictions < EVICTIONS_TILL_DEDICATED &&
      isEndless({ window: Infinity, ...this.knowledge.outlook.left })
    );
  }

  async #judge({ course }: Handed, job: ChunkJob | InvocationJob, isUrgent: boolean): Promise<Taking> {
    const { versions, durations, own } = this.knowledge;
    const version = await versions.find(job.appVersionId);
    const read = durations.ready(job.appId);
    // A batch can wait for what others have measured.
    if (!isUrgent) await read;
    const isBetterElsewhere = await this.#isBetterElsewhere(job);
    const work: WorkFacts = {
      need: this.#needOf(job, version),
      isUrgent,
      evictions: course.evictions,
      leftMs: leftForMs(course.passes, isChoosy(job)),
      isMet: this.#meets(job),
      isBetterElsewhere,
    };
    const isDedicated = own.facts.profile === 'dedicated';
    const isDedicatedElsewhere = await this.#isDedicatedElsewhere(course.evictions);
    return decideTaking(work, { left: this.#left(job), isDedicated, isDedicatedElsewhere });
  }

  #meets(job: Job): boolean {
    return requirementsOf(job).every((one) => matches(one, this.knowledge.own.facts).met === 'yes');
  }

  async #isBetterElsewhere(job: Job): Promise<boolean> {
    const { peers, own } = this.knowledge;
    const rank = rankIn(job);
    const work = rank !== undefined && { requirements: requirementsOf(job), rank };
    return work && (await peers.hasBetter(work, own.facts));
  }

  async #isDedicatedElsewhere(evictions: number): Promise<boolean> {
    return evictions >= EVICTIONS_TILL_DEDICATED && (await this.knowledge.peers.hasDedicated());
  }

  #left(job: ChunkJob | InvocationJob): TimeLeft {
    const { outlook, now } = this.knowledge;
    const { hours, idle } = outlook.left;
    const notAfter = job.kind === 'chunk' ? job.notAfter : undefined;
    return { window: notAfter === undefined ? Infinity : (notAfter - now().getTime()) / 1000, hours, idle };
  }

  #needOf(job: ChunkJob | InvocationJob, version: AppVersion): Need {
    const { appId, functionName } = job;
    const timeoutSeconds = version.host.functionTimeoutSeconds;
    const kind = job.kind === 'chunk' ? 'item' : 'call';
    const durations = this.knowledge.durations.known({ appId, functionName, kind });
    if (job.kind === 'invocation')
      return { durations, timeoutSeconds, itemsPerCall: 1, itemsLeft: 1, callsAtOnce: 1 };
    const { itemsPerCall, callsAtOnce } = callShape(job, isGrouped(version, functionName), this.settings);
    return {
      durations,
      timeoutSeconds,
      itemsPerCall,
      itemsLeft: job.lineCount,
      callsAtOnce: callsAtOnce * itemsPerCall,
    };
  }
}

/** What it asks of its machine, each in words of its own: its function, and its batch. */
function requirementsOf(job: Job): readonly string[] {
  const batch = job.kind === 'chunk' ? job.batchRequirements : undefined;
  return [job.requirements, batch].filter((one) => one !== undefined);
}

function rankIn(job: Job): string | undefined {
  return (job.kind === 'chunk' ? job.batchRank : undefined) ?? job.rank;
}

function isEndless({ window, hours, idle }: TimeLeft): boolean {
  return window === Infinity && hours === Infinity && idle === Infinity;
}

function isGrouped({ functions }: AppVersion, functionName: string): boolean {
  const definition = functions.find(({ name }) => name === functionName);
  return definition !== undefined && triggerOf(definition)?.['cardinality'] === 'many';
}
