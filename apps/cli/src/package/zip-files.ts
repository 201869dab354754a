import type { Readable } from 'node:stream';
import yazl from 'yazl';
import type { PackageFile } from './package-files.js';

/**
 * One time for all entries, in the local time that a zip holds: the same files then give the same zip, byte for byte, and
 * an unchanged app is known by its digest.
 */
const ENTRY_TIME = new Date(1980, 0, 1);

/** Streams files as a zip; nothing is held in memory but the list. Errors of a file come as the stream's error. */
export function zipFiles(files: readonly PackageFile[]): Readable {
  const zip = new yazl.ZipFile();
  const output = zip.outputStream as Readable;
  zip.on('error', (error) => output.destroy(error as Error));
  for (const { name, path, executable } of files) {
    zip.addFile(path, name, {
      mtime: ENTRY_TIME,
      forceDosTimestamp: true,
      mode: executable ? 0o100755 : 0o100644,
    });
  }
  zip.end();
  return output;
}
