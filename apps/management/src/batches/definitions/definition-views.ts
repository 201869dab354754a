import { z } from 'zod';
import { batchDefinitionSchema } from '#shared/contracts/batch-definition/definition-schema.js';
import type { BatchVersion, DefinedBatch } from '#shared/domain/defined-batch.js';
import { differences } from './differences.js';

const moment = z.iso.datetime();
const definition = batchDefinitionSchema.describe('Complete: what was left out has its default.');

export const definitionView = z.object({
  batchId: z.uuid(),
  app: z.string(),
  name: z.string(),
  version: z.number().int(),
  definition,
  changedBy: z.string(),
  changedAt: moment,
  createdAt: moment,
  pause: z
    .object({ at: moment, by: z.string(), note: z.string() })
    .nullable()
    .describe('While it lasts, schedule and dependencies start nothing.'),
  nextDueAt: moment
    .nullable()
    .describe('When its schedule is next looked at: its next occurrence, but for the second after a change.'),
});

export const definitionListView = z.object({
  batches: z.array(definitionView),
  next: z.string().optional().describe('The value of "after" for the next page; absent on the last.'),
});

const version = z.object({
  version: z.number().int(),
  definition,
  changedBy: z.string(),
  changedAt: moment,
  changes: z
    .array(z.object({ field: z.string(), before: z.json(), after: z.json() }))
    .describe('What is not as in the version before; of the first version nothing.'),
});

export const versionView = version;
export const versionListView = z.object({
  versions: z.array(version),
  next: z.number().int().optional().describe('The value of "before" for the next page; absent on the last.'),
});

export type DefinitionView = z.infer<typeof definitionView>;
export type DefinitionListView = z.infer<typeof definitionListView>;
export type VersionView = z.infer<typeof versionView>;
export type VersionListView = z.infer<typeof versionListView>;

type ShownDefinition = DefinitionView['definition'];

export function toDefinitionView(batch: DefinedBatch): DefinitionView {
  const { pause } = batch;
  return {
    batchId: batch.id,
    app: batch.definition.app,
    name: batch.definition.name,
    version: batch.version,
    definition: batch.definition as ShownDefinition,
    changedBy: batch.changedBy,
    changedAt: batch.changedAt.toISOString(),
    createdAt: batch.createdAt.toISOString(),
    pause: pause && { ...pause, at: pause.at.toISOString() },
    nextDueAt: batch.nextDueAt?.toISOString() ?? null,
  };
}

/** @param before the version before it; null: it is the first */
export function toVersionView(shown: BatchVersion, before: BatchVersion | null): VersionView {
  return {
    version: shown.version,
    definition: shown.definition as ShownDefinition,
    changedBy: shown.changedBy,
    changedAt: shown.changedAt.toISOString(),
    changes: before ? differences({ ...before.definition }, { ...shown.definition }) : [],
  };
}

/** @param versions newest first, with one more than the page has: it is compared with and says that there is a next page */
export function toVersionListView(versions: readonly BatchVersion[], limit: number): VersionListView {
  const shown = versions.slice(0, limit);
  const last = shown.at(-1);
  return {
    versions: shown.map((one, index) => toVersionView(one, versions[index + 1] ?? null)),
    ...(versions.length > limit && last ? { next: last.version } : {}),
  };
}
