import type { InvocationReply } from '#shared/contracts/replies.js';
import type { InvocationRecord } from '#shared/store/invocation-store.js';

/** What became of a call within the time that its client waits. */
export type CallResult =
  | { readonly state: 'replied'; readonly id: string; readonly reply: InvocationReply }
  | { readonly state: 'stillRunning'; readonly id: string }
  /** Its client went away. `isUnderWay`: a worker has it, and was told. */
  | { readonly state: 'clientGone'; readonly id: string; readonly isUnderWay: boolean };

/** The answer that a worker would have sent, read back from SQL; null while there is no end. */
export function replyFrom(record: InvocationRecord | null): InvocationReply | null {
  if (record === null || record.state === 'queued') return null;
  return {
    kind: 'invocation',
    id: record.id,
    state: record.state,
    output: record.output ?? undefined,
    failure: record.failure ?? undefined,
  };
}
