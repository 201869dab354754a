import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { Transform } from 'node:stream';
import type { ApiClient } from '../api-client.js';
import { UsageError } from '../exit-codes.js';
import { packageFiles } from './package-files.js';
import { zipFiles } from './zip-files.js';

export interface PublishedPackage {
  readonly app: string;
  readonly fileCount: number;
  readonly sizeBytes: number;
  /** Lower-case hexadecimal. */
  readonly sha256: string;
}

/**
 * Zips a function app's folder, sends it while it is zipped, and waits until it is active.
 * @param app its name; the folder's when left out
 * @throws {UsageError} when the folder is no function app
 */
export async function publishFolder(
  client: ApiClient,
  folder: string,
  app?: string,
): Promise<PublishedPackage> {
  await requireFunctionApp(folder);
  const name = app ?? basename(resolve(folder));
  const files = await packageFiles(folder);
  const hash = createHash('sha256');
  let sizeBytes = 0;
  const measured = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      sizeBytes += chunk.length;
      done(null, chunk);
    },
  });
  const zip = zipFiles(files);
  zip.on('error', (error) => measured.destroy(error));
  await client.publish(name, zip.pipe(measured));
  return { app: name, fileCount: files.length, sizeBytes, sha256: hash.digest('hex') };
}

async function requireFunctionApp(folder: string): Promise<void> {
  const hostFile = await stat(join(folder, 'host.json')).catch(() => undefined);
  if (!hostFile?.isFile()) throw new UsageError(`${folder} is no function app: it has no host.json`);
}
