import { z } from 'zod';
import type { WaitReason } from '#shared/domain/batch.js';
import type { Placement, PlacementVersion, StandingPlacement } from '#shared/domain/placement.js';
import { MACHINE_STATES } from '../fleet/machine-views.js';
import type { JudgedMachine } from './judge-placement.js';

const expressions = {
  requirements: z.string().nullable().describe('null: every machine may run it.'),
  rank: z.string().nullable().describe('null: one machine is as good as another.'),
};

const change = {
  version: z.number().int().describe('Counted for each function; a removal is a version too.'),
  changedBy: z.string(),
  changedAt: z.iso.datetime(),
};

export const placementView = z.object({
  app: z.string(),
  function: z.string(),
  ...expressions,
  ...change,
  inActiveVersion: z.boolean().describe('false: the active version has no such function; a later one may.'),
});

export const placementListView = z.object({ placements: z.array(placementView) });

export const placementHistoryView = z.object({
  versions: z.array(
    z.object({ ...change, placement: z.object(expressions).nullable().describe('null: it was removed.') }),
  ),
});

export const waitReasonView = z
  .object({ code: z.string().describe('For programs.'), message: z.string() })
  .nullable()
  .describe('Why work waits as far as its requirements say; null: they do not keep it waiting.');

export const placementPreviewView = z.object({
  app: z.string(),
  function: z.string(),
  ...expressions,
  pool: z.string(),
  waitReason: waitReasonView,
  machines: z
    .array(
      z.object({
        machineId: z.string(),
        machine: z.string(),
        state: z.enum(MACHINE_STATES),
        met: z.enum(['yes', 'no', 'unknown']).describe('Only yes runs it.'),
        because: z.string().nullable().describe('Why it does not meet the requirements, in words.'),
        rank: z.number(),
      }),
    )
    .describe(
      'All of the pool, online or not: those that meet the requirements first, the best of them first.',
    ),
});

export type PlacementView = z.infer<typeof placementView>;
export type PlacementListView = z.infer<typeof placementListView>;
export type PlacementHistoryView = z.infer<typeof placementHistoryView>;
export type PlacementPreviewView = z.infer<typeof placementPreviewView>;

/** A function as it is shown, and whether its app's active version has it. */
export interface ShownFunction {
  readonly app: string;
  readonly function: string;
  readonly inActiveVersion: boolean;
}

export function toPlacementView(
  shown: ShownFunction,
  { placement, version, changedBy, changedAt }: StandingPlacement,
): PlacementView {
  return { ...shown, ...shownPlacement(placement), version, changedBy, changedAt: changedAt.toISOString() };
}

export function toPlacementHistory(versions: readonly PlacementVersion[]): PlacementHistoryView {
  return {
    versions: versions.map(({ version, placement, changedBy, changedAt }) => ({
      version,
      placement: placement && shownPlacement(placement),
      changedBy,
      changedAt: changedAt.toISOString(),
    })),
  };
}

export function toPreviewView(
  shown: ShownFunction,
  placement: Placement,
  pool: string,
  { machines, waitReason }: { machines: readonly JudgedMachine[]; waitReason: WaitReason | null },
): PlacementPreviewView {
  return {
    app: shown.app,
    function: shown.function,
    ...shownPlacement(placement),
    pool,
    waitReason,
    machines: machines.map(({ machine, match, rank }) => ({
      machineId: machine.id,
      machine: machine.name,
      state: machine.state,
      met: match.met,
      because: match.met === 'yes' ? null : match.because,
      rank,
    })),
  };
}

function shownPlacement({ requirements, rank }: Placement): Record<'requirements' | 'rank', string | null> {
  return { requirements: requirements ?? null, rank: rank ?? null };
}
