import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A new, empty folder outside the repository. Whoever asks removes it: what a failed test made may be worth a look. */
export async function makeTempFolder(purpose: string): Promise<string> {
  return mkdtemp(join(tmpdir(), `nightjar-${purpose}-`));
}

export async function removeFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
}
