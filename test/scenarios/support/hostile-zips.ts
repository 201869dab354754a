import { buffer } from 'node:stream/consumers';
import yazl from 'yazl';
import type { AppFiles } from '../../support/app-files.js';
import { zipOf } from '../../support/zip-of.js';

const MIB = 2 ** 20;
const LINK_MODE = 0o120777;

/** A zip with a file under a path that zip programs refuse to write. */
export async function zipWithPath(files: AppFiles, path: string): Promise<Buffer> {
  const harmless = 'x'.repeat(Buffer.byteLength(path));
  const zip = await zipOf({ ...files, [harmless]: 'gotcha' });
  // The name stands before the content and in the list at the end, in both as plain bytes.
  return Buffer.from(zip.toString('latin1').replaceAll(harmless, path), 'latin1');
}

/** A zip with a symbolic link. */
export async function zipWithLink(files: AppFiles, path: string, target: string): Promise<Buffer> {
  const zip = new yazl.ZipFile();
  for (const [name, content] of Object.entries(files)) zip.addBuffer(Buffer.from(content), name);
  zip.addBuffer(Buffer.from(target), path, { mode: LINK_MODE });
  zip.end();
  return buffer(zip.outputStream);
}

/** A few kilobytes that would unpack to 16 MiB. */
export async function zipBomb(files: AppFiles): Promise<Buffer> {
  return zipOf({ ...files, 'bomb.bin': Buffer.alloc(16 * MIB) });
}
