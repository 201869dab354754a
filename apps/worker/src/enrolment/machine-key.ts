import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InvalidInputError } from '#shared/domain/errors.js';
import { enrol } from './enrol.js';

const KEY_FILE = 'machine-key';
/** A key that management does not know yet, or whose answer got lost. */
const DRAFT_FILE = 'machine-key.draft';

export interface KeySettings {
  readonly managementUrl: string;
  readonly workerKey?: string | undefined;
  readonly enrolmentToken?: string | undefined;
}

/**
 * What this worker shows to management: its machine's own key if it has one, else one that it gets for its enrolment token, else
 * the common worker key. The key is made here, lies in the worker's folder for its owner alone to read, and only its hash is
 * sent. It is written before it is sent, so that a start that was interrupted goes on where it was.
 *
 * Throws `EnrolmentRefusedError` and `InvalidInputError`, which trying again does not mend; what else it throws may pass.
 */
export async function machineKey(folder: string, machineId: string, settings: KeySettings): Promise<string> {
  const own = await read(join(folder, KEY_FILE));
  if (own !== null) return own;
  const { enrolmentToken, workerKey, managementUrl } = settings;
  if (enrolmentToken !== undefined) {
    const key = await draftIn(folder);
    await enrol(managementUrl, { token: enrolmentToken, machineId, keyHash: sha256(key) });
    await rename(join(folder, DRAFT_FILE), join(folder, KEY_FILE));
    return key;
  }
  if (workerKey !== undefined) return workerKey;
  throw new InvalidInputError(
    'This machine has no key: set enrolmentToken (made by "nightjar machines enrol-token"), or workerKey where management accepts a common one.',
  );
}

async function draftIn(folder: string): Promise<string> {
  const path = join(folder, DRAFT_FILE);
  const known = await read(path);
  if (known !== null) return known;
  const key = randomBytes(32).toString('base64url');
  await mkdir(folder, { recursive: true });
  await writeFile(path, `${key}\n`, { mode: 0o600 });
  return key;
}

/** Null where there is nothing, as after a write that was cut off. */
async function read(path: string): Promise<string | null> {
  try {
    return (await readFile(path, 'utf8')).trim() || null;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

function sha256(key: string): string {
  return createHash('sha256').update(key, 'utf8').digest('hex');
}
