import { buffer } from 'node:stream/consumers';
import yazl from 'yazl';
import { readFiles, type AppFiles } from './app-files.js';

/** The same files are the same zip, whenever it is made. */
const MADE_AT = new Date(2026, 0, 1);

/** Makes a zip of names (with forward slashes) and contents. */
export async function zipOf(files: AppFiles): Promise<Buffer> {
  const zip = new yazl.ZipFile();
  for (const [name, content] of Object.entries(files))
    zip.addBuffer(Buffer.from(content), name, { mtime: MADE_AT });
  zip.end();
  return buffer(zip.outputStream);
}

/** Makes a zip of all files below a folder. */
export async function zipFolder(folder: string): Promise<Buffer> {
  return zipOf(await readFiles(folder));
}
