import { createWriteStream } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { openPromise, type Entry, type ZipFile } from 'yauzl';
import { entryPath, isExecutable, UnsafePackageError } from './entry-path.js';

/** For everybody: the user that a container runs as is nobody on this machine. For nobody to write: see `lockFolders`. */
const MODE = { file: 0o444, program: 0o555 };
/** The disk writes many files at once nearly as quickly as one. */
const FLUSHED_AT_ONCE = 16;

interface UnpackedFile {
  readonly path: string;
  readonly mode: number;
}

/**
 * Unpacks a zip into a new folder; returns the number of bytes in it. The files are read-only and safe on the disk before it
 * returns: after a power cut a package that is there under its digest is whole.
 * Throws `UnsafePackageError` before anything of a bad entry is written, and when the zip says it unpacks to more than `maxBytes`.
 */
export async function unpack(zipPath: string, folder: string, maxBytes: number): Promise<number> {
  // Names are looked at as they stand: yauzl would make slashes of backslashes.
  const zip = await openPromise(zipPath, { autoClose: false, strictFileNames: true });
  try {
    await mkdir(folder, { recursive: true });
    const files: UnpackedFile[] = [];
    let bytes = 0;
    for await (const entry of zip.eachEntry()) {
      bytes += entry.uncompressedSize;
      if (bytes > maxBytes)
        throw new UnsafePackageError(`The package unpacks to more than ${maxBytes} bytes.`);
      files.push(...(await unpackEntry(zip, entry, folder)));
    }
    await finish(files);
    return bytes;
  } finally {
    zip.close();
  }
}

async function unpackEntry(zip: ZipFile, entry: Entry, folder: string): Promise<UnpackedFile[]> {
  const path = entryPath(entry, folder, process.platform);
  if (entry.fileName.endsWith('/')) {
    await mkdir(path, { recursive: true });
    return [];
  }
  await mkdir(dirname(path), { recursive: true });
  // yauzl ends the stream with an error when there is more in it than the entry says.
  const content = await zip.openReadStreamPromise(entry);
  await pipeline(content, createWriteStream(path, { flags: 'wx' }));
  return [{ path, mode: isExecutable(entry) ? MODE.program : MODE.file }];
}

/** Flushes the files and gives them their modes: not with their creation, where the account's umask takes rights away. */
async function finish(files: readonly UnpackedFile[]): Promise<void> {
  const waiting = files.values();
  const lanes = Array.from({ length: FLUSHED_AT_ONCE }, async () => {
    for (const { path, mode } of waiting) {
      const file = await open(path, 'r+');
      try {
        await file.sync();
        await file.chmod(mode);
      } finally {
        await file.close();
      }
    }
  });
  await Promise.all(lanes);
}
