import { z } from 'zod';
import type { Machine } from '#shared/domain/machine.js';
import type { WorkFigures } from '#shared/domain/function-time.js';
import type { TimeRange, TimeSum } from '#shared/store/machine-time-store.js';
import type { OwnerImpact } from '#shared/store/work-store.js';
import { sumsOf, usedOfOffered } from './capacity-sums.js';
import { sumsView } from './capacity-views.js';
import { badputShare, impactView, toImpactView } from './work-views.js';

export const cardsView = sumsView.extend({
  from: z.iso.datetime(),
  until: z.iso.datetime(),
  usedOfOffered: z
    .number()
    .nullable()
    .describe('The headline: a share from 0 to 1; null: nothing was offered.'),
  badputShare: z
    .number()
    .nullable()
    .describe('Of what calls took, the share that was lost and ran again; null: nothing ran.'),
  evictions: z.number(),
  ownerImpact: impactView,
  machines: z.object({
    total: z.number(),
    byState: z.record(z.string(), z.number()).describe('Now, by state.'),
    byCapacity: z
      .record(z.string(), z.number())
      .describe('Now, by what they do with their spare time; without those that do not say.'),
  }),
});

export type CardsView = z.infer<typeof cardsView>;

export interface CardsFacts {
  readonly sums: readonly TimeSum[];
  readonly work: WorkFigures;
  readonly impact: OwnerImpact;
  readonly machines: readonly Pick<Machine, 'state' | 'capacity'>[];
}

export function toCardsView({ from, until }: TimeRange, facts: CardsFacts): CardsView {
  const sums = sumsOf(facts.sums);
  const there = facts.machines.filter(({ state }) => state !== 'offline');
  return {
    from: from.toISOString(),
    until: until.toISOString(),
    usedOfOffered: usedOfOffered(sums),
    ...sums,
    badputShare: badputShare(facts.work),
    evictions: facts.work.evictions,
    ownerImpact: toImpactView(facts.impact),
    machines: {
      total: facts.machines.length,
      byState: counted(facts.machines.map(({ state }) => state)),
      byCapacity: counted(there.flatMap(({ capacity }) => capacity?.state ?? [])),
    },
  };
}

function counted(words: readonly string[]): Record<string, number> {
  const groups = Map.groupBy([...words].sort(), (word) => word);
  return Object.fromEntries([...groups].map(([word, all]) => [word, all.length]));
}
