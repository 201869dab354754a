import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { newId } from '#shared/domain/ids.js';

/** Where this worker keeps what is its own: several may share a data folder. */
export function folderOf({ dataDir, name }: { readonly dataDir: string; readonly name: string }): string {
  return join(dataDir, 'workers', name);
}

/** This machine's id: made the first time, then read, so that a restart is the same machine. */
export async function machineIdIn(folder: string): Promise<string> {
  const path = join(folder, 'machine-id');
  await mkdir(folder, { recursive: true });
  const known = await readFile(path, 'utf8').catch(() => '');
  if (known.trim() !== '') return known.trim();
  const id = newId();
  await writeFile(path, `${id}\n`, { mode: 0o600 });
  return id;
}
