import type {
  InvocationInput,
  InvocationOutcome,
  InvocationState,
  LogLine,
  TriggerKind,
} from '../domain/invocation.js';
import type { Page, PageRequest } from './page.js';

/** Work that Nightjar promises to run: a row before it is a job. */
export interface NewInvocation {
  readonly id: string;
  readonly appId: string;
  readonly appVersionId: string;
  readonly functionName: string;
  readonly trigger: TriggerKind;
  readonly input: InvocationInput;
  /** The client's `Idempotency-Key`, unique per function app and function. */
  readonly idempotencyKey?: string | undefined;
  readonly traceParent?: string | undefined;
}

export interface AcceptedInvocation {
  readonly id: string;
  /** False: the idempotency key was seen before, and `id` is the earlier invocation's. */
  readonly isNew: boolean;
}

/** A promise that is not kept yet; all that is needed to put it on a queue again. */
export interface UnfinishedInvocation extends NewInvocation {
  readonly dispatchCount: number;
  readonly acceptedAt: Date;
}

/** An invocation as it is shown. Times are null until they happened. */
export interface InvocationRecord {
  readonly id: string;
  readonly appId: string;
  readonly appName: string;
  readonly appVersionId: string;
  readonly functionName: string;
  readonly trigger: TriggerKind;
  readonly state: InvocationState;
  readonly input: InvocationInput | null;
  readonly output: InvocationOutcome['output'] | null;
  readonly failure: InvocationOutcome['failure'] | null;
  readonly attempts: InvocationOutcome['attempts'];
  /** The input or output was larger than what is kept: it was cut, and is shown as null. */
  readonly inputTruncated: boolean;
  readonly outputTruncated: boolean;
  readonly logsTruncated: boolean;
  readonly machineId: string | null;
  readonly coldStart: boolean;
  readonly acceptedAt: Date;
  readonly startedAt: Date | null;
  readonly endedAt: Date | null;
  readonly traceParent: string | null;
}

export interface InvocationFilter {
  readonly appName?: string | undefined;
  readonly functionName?: string | undefined;
  readonly state?: InvocationState | undefined;
}

export interface RecordResult {
  /**
   * Outcomes that came from an attempt which a newer one has overtaken, or whose invocation had ended before: nothing was written.
   * An outcome that is recorded again (its commit worked, the answer was lost) is not among them.
   */
  readonly refusedIds: readonly string[];
}

/** Invocations, from their promise to their one committed outcome. */
export abstract class InvocationStore {
  /** Writes the promises, each once: the same id or idempotency key twice is one row. In the order given. */
  abstract accept(invocations: readonly NewInvocation[]): Promise<readonly AcceptedInvocation[]>;
  /**
   * Says that an attempt begins; false when a newer attempt has begun or the invocation is at its end. After a claim every
   * outcome with a smaller fence is refused. Only what was promised has a row to claim: false when there is none.
   */
  abstract claim(id: string, fence: number): Promise<boolean>;
  /**
   * Commits outcomes in one transaction, idempotent and fenced. An outcome without a row (a synchronous HTTP call skips the
   * first write) makes one; among several attempts of it the largest fence stays.
   * Inputs and outputs over `keptPayloadBytes` of JSON are replaced by null with the flag set, unless the invocation was promised (has a row).
   */
  abstract recordOutcomes(outcomes: readonly InvocationOutcome[]): Promise<RecordResult>;
  abstract find(id: string): Promise<InvocationRecord | null>;
  /** Newest first; `input` and `output` are left null in lists. */
  abstract list(filter: InvocationFilter, page: PageRequest): Promise<Page<InvocationRecord>>;
  /** In the order they were written. */
  abstract logs(id: string): Promise<readonly LogLine[]>;
  /** Promises without an end whose last dispatch is older than this, the oldest first. */
  abstract listUnfinished(
    dispatchedBeforeSeconds: number,
    limit: number,
  ): Promise<readonly UnfinishedInvocation[]>;
  /** Counts one more dispatch; false when another instance did it first or the invocation has ended. */
  abstract redispatch(id: string, expectedDispatchCount: number): Promise<boolean>;
  /** Ends a promise as `abandoned` with a platform failure; false when it has ended otherwise. */
  abstract abandon(id: string, message: string): Promise<boolean>;
}
