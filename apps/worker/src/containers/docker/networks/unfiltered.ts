import type { NetworkPolicy } from '#shared/domain/container-settings.js';

/** What becomes of a network policy on a machine whose packet filter can't be set. */
export type UnfilteredVerdict =
  | { readonly verdict: 'refuse'; readonly reason: string }
  | { readonly verdict: 'warn'; readonly warning: string };

/** What that depends on. */
export interface UnfilteredFacts {
  readonly policy: NetworkPolicy;
  /** Why the filter can't be set, as a sentence. */
  readonly reason: string;
  /** Nothing may run without a filter: production, unless the operator has allowed it. */
  readonly required: boolean;
}

const REMEDY = 'Run the worker as root beside a local engine on Linux, with iptables installed';

/** An allow list that nobody keeps is a lie: it is refused. The other policies are weaker without a filter, and that is said. */
export function judgeUnfiltered({ policy, reason, required }: UnfilteredFacts): UnfilteredVerdict {
  if (policy === 'allowList') {
    return {
      verdict: 'refuse',
      reason: `This machine can not keep an app's allow list. ${reason} ${REMEDY}.`,
    };
  }
  if (required) {
    return {
      verdict: 'refuse',
      reason:
        `In production containers must not reach this machine's services, and this machine can not keep them away. ${reason} ` +
        `${REMEDY}, or set allowUnfilteredNetwork, knowing what that opens.`,
    };
  }
  const reach =
    policy === 'none'
      ? 'Functions that may reach nothing can still reach what listens on all addresses of this machine.'
      : 'Functions can reach what this machine reaches: its own services, Redis, SQL, cloud metadata.';
  return { verdict: 'warn', warning: `No packet filter. ${reason} ${reach} ${REMEDY} to close that.` };
}
