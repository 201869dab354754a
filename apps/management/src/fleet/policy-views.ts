import { z } from 'zod';
import { writtenHours } from '#shared/contracts/capacity-policy/written-hours.js';
import type { ExplainedPolicy } from '#shared/contracts/capacity-policy/compile-policy.js';
import type { CapacityPolicy } from '#shared/domain/capacity/capacity-policy.js';
import type { PolicyVersion, StandingPolicy } from '#shared/domain/machine-policy.js';

const scopeView = z.enum(['machine', 'group', 'pool']);
const knobsView = z.record(z.string(), z.unknown());

const keyView = z.object({
  scope: scopeView,
  name: z.string(),
  version: z.number().int().describe('Counted for each policy; a removal is a version too.'),
});

const changeView = keyView.extend({ changedBy: z.string(), changedAt: z.iso.datetime() });

export const policyView = changeView.extend({ knobs: knobsView });
export const policyListView = z.object({ policies: z.array(policyView) });
export const policyHistoryView = z.object({
  versions: z.array(changeView.extend({ knobs: knobsView.nullable().describe('null: it was removed.') })),
});

export const machinePolicyView = z.object({
  policies: z.array(keyView).describe('Those that apply to the machine, the highest first.'),
  knobs: z
    .record(z.string(), z.object({ value: z.unknown(), source: z.string() }))
    .nullable()
    .describe(
      'The value of each knob and where it comes from: machine, group or pool with the name of the policy; local (the settings of ' +
        'its worker); a profile; or the machine. The heartbeat’s are left out: the worker’s settings say them. null: the policies contradict each other there.',
    ),
  problems: z
    .array(z.string())
    .describe('How they contradict each other; the worker keeps to the last policy that was right.'),
});

export type PolicyView = z.infer<typeof policyView>;
export type PolicyListView = z.infer<typeof policyListView>;
export type PolicyHistoryView = z.infer<typeof policyHistoryView>;
export type MachinePolicyView = z.infer<typeof machinePolicyView>;

export function toPolicyView({ changedAt, ...policy }: StandingPolicy): PolicyView {
  return { ...policy, changedAt: changedAt.toISOString() };
}

export function toHistoryView(versions: readonly PolicyVersion[]): PolicyHistoryView {
  return {
    versions: versions.map(({ changedAt, ...one }) => ({ ...one, changedAt: changedAt.toISOString() })),
  };
}

export function toKeyView({ scope, name, version }: StandingPolicy): z.infer<typeof keyView> {
  return { scope, name, version };
}

/** What a worker's own settings say, whatever the policy does. */
const HEARTBEAT_KNOBS: readonly string[] = [
  'heartbeatSeconds',
  'offlineAfterMissedHeartbeats',
] satisfies (keyof CapacityPolicy)[];

/**
 * @param applying the policies that were compiled, the highest first
 * @param canPause whether the machine's engine can pause containers
 */
export function toKnobsView(
  { policy, sourceOf }: ExplainedPolicy,
  applying: readonly StandingPolicy[],
  canPause: boolean,
): NonNullable<MachinePolicyView['knobs']> {
  const knobs = (Object.entries(policy) as [keyof CapacityPolicy, unknown][]).filter(
    ([knob]) => !HEARTBEAT_KNOBS.includes(knob),
  );
  const shown = knobs.map(([knob, value]) => [
    knob,
    {
      value: knob === 'hours' ? writtenHours(policy.hours) : value,
      source: sourceText(knob, sourceOf(knob), applying),
    },
  ]);
  const all = Object.fromEntries(shown) as NonNullable<MachinePolicyView['knobs']>;
  if (canPause || policy.whenOwnerActive !== 'suspend') return all;
  const source = `the machine: its engine can't pause, as ${all['whenOwnerActive']?.source} wants`;
  return { ...all, whenOwnerActive: { value: 'vacate', source } };
}

/** A layer's name, with that of the policy which says it: of several groups the first. */
function sourceText(knob: string, source: string, applying: readonly StandingPolicy[]): string {
  const policy = applying.find(({ scope, knobs }) => scope === source && Object.hasOwn(knobs, knob));
  return policy && policy.scope !== 'machine' ? `${source} ${policy.name}` : source;
}
