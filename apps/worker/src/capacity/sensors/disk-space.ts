import { stat, statfs } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { DiskReading } from '#shared/domain/capacity/readings.js';

/** Space on the volume that a folder is on, or will be on when it is made. What is kept for the superuser is not free. */
export async function readDiskSpace(folder: string): Promise<DiskReading> {
  const { bsize, blocks, bavail } = await statfs(await nearestExisting(resolve(folder)));
  return { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
}

async function nearestExisting(folder: string): Promise<string> {
  const parent = dirname(folder);
  if (parent === folder) return folder;
  const found = await stat(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  return found ? folder : nearestExisting(parent);
}
