import type { FunctionDefinition, HostConfig } from '../domain/function-app.js';
import type { Failure, InvocationOutput, InvocationState } from '../domain/invocation.js';

/** What a worker tells a waiting management instance. Both ends are ours and of one release, so it is not validated again. */
export type Reply = InvocationReply | IndexReply;

export interface InvocationReply {
  readonly kind: 'invocation';
  readonly id: string;
  readonly state: Exclude<InvocationState, 'queued'>;
  readonly output?: InvocationOutput | undefined;
  readonly failure?: Failure | undefined;
}

/** `problems` says what is wrong with the package (one sentence each), or is empty and the rest is there. */
export interface IndexReply {
  readonly kind: 'index';
  readonly id: string;
  readonly problems: readonly string[];
  readonly functions: readonly FunctionDefinition[];
  readonly host: HostConfig | null;
  /** See `AppVersion`. A worker that does not know of it leaves it out. */
  readonly streamsHttp?: boolean | undefined;
}
