import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from '@nestjs/common';
import { removeLocked } from '../../packages/package-folder.js';
import { decideRemovals, type Thing } from './removals.js';

export interface FolderOrder {
  /** Everything in it is this life's of the worker: an earlier one's is removed at the start. */
  readonly parent: string;
  /** Names of the folders in it that a container uses, or is about to. */
  readonly known: ReadonlySet<string>;
  readonly graceSeconds: number;
  /** Only say what would be removed. */
  readonly dryRun: boolean;
}

/**
 * Removes the folders that no container uses any more, each with a line in the log that says why: their removal failed when the
 * container ended. Dated by this machine's clock, which dated the folders too.
 * Throws the first error of the file system.
 */
export async function reconcileFolders(order: FolderOrder, logger: Pick<Logger, 'log'>): Promise<void> {
  const things = await foldersIn(order.parent);
  const memory = { known: order.known, disowned: new Set<string>() };
  const policy = { now: new Date(), graceSeconds: order.graceSeconds };
  for (const { thing, reason } of decideRemovals(things, memory, policy)) {
    logger.log(`${order.dryRun ? 'Would remove' : 'Removing'} the folder ${thing.id}: it ${reason}.`);
    if (!order.dryRun) await removeLocked(thing.id);
  }
}

async function foldersIn(parent: string): Promise<Thing[]> {
  const names = await readdir(parent);
  return Promise.all(names.map((name) => folderAt(join(parent, name), name)));
}

async function folderAt(path: string, name: string): Promise<Thing> {
  // Hard links that are put into it change its other times.
  const { birthtime } = await stat(path);
  const always = { what: 'folder', owner: 'thisLife', endedAt: null, inUse: false } as const;
  return { ...always, id: path, name, createdAt: birthtime };
}
