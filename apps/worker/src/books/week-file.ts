import { readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { emptyWeek, type Week, weekSchema } from './week.js';

/** More than the most that a week comes to: what is larger is not ours, and is not read into memory. */
const MOST_BYTES = 2 * 2 ** 20;

export function weekPath(folder: string): string {
  return join(folder, 'week.json');
}

/** What stands in the folder of a worker; null: nothing yet. Throws where it is not understood. */
export async function readWeek(folder: string): Promise<Week | null> {
  const path = weekPath(folder);
  try {
    if ((await stat(path)).size > MOST_BYTES) throw new Error(`It has more than ${MOST_BYTES} bytes.`);
    return weekSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** The same, to go on with: what is not understood is begun anew, and said. */
export async function openWeek(folder: string, onUnreadable: (error: unknown) => void): Promise<Week> {
  try {
    return (await readWeek(folder)) ?? emptyWeek();
  } catch (error) {
    onUnreadable(error);
    return emptyWeek();
  }
}

/** Whoever reads it must not see half of it. */
export async function writeWeek(folder: string, week: Week): Promise<void> {
  const path = weekPath(folder);
  await writeFile(`${path}.new`, `${JSON.stringify(week)}\n`);
  await rename(`${path}.new`, path);
}
