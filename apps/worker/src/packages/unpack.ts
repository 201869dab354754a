import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import yauzl, { type Entry, type ZipFile } from 'yauzl';

const openZip = promisify<string, { lazyEntries: true; autoClose: false }, ZipFile>(yauzl.open);

/** Unix mode of a zip entry that is a symbolic link. */
const LINK_MODE = 0o120000;
const MODE_MASK = 0o170000;

/**
 * Unpacks a zip into a folder. Management has checked it; it is checked here once more, for what would reach outside the
 * folder: absolute paths, "..", backslashes and links are errors, and nothing of such an entry is written.
 */
export async function unpack(zipPath: string, folder: string): Promise<void> {
  const zip = await openZip(zipPath, { lazyEntries: true, autoClose: false });
  try {
    await new Promise<void>((done, fail) => {
      zip.on('error', fail);
      zip.on('end', done);
      zip.on('entry', (entry: Entry) => {
        unpackEntry(zip, entry, folder).then(() => zip.readEntry(), fail);
      });
      zip.readEntry();
    });
  } finally {
    zip.close();
  }
}

async function unpackEntry(zip: ZipFile, entry: Entry, folder: string): Promise<void> {
  const path = safePath(entry, folder);
  if (entry.fileName.endsWith('/')) {
    await mkdir(path, { recursive: true });
    return;
  }
  await mkdir(dirname(path), { recursive: true });
  const content = await promisify(zip.openReadStream.bind(zip) as OpenReadStream)(entry);
  await pipeline(content, createWriteStream(path, { flags: 'wx', mode: 0o644 }));
}

type OpenReadStream = (
  entry: Entry,
  done: (error: Error | null, stream: NodeJS.ReadableStream) => void,
) => void;

function safePath(entry: Entry, folder: string): string {
  const name = entry.fileName;
  const isLink = ((entry.externalFileAttributes >>> 16) & MODE_MASK) === LINK_MODE;
  const path = resolve(join(folder, name));
  const isInside = path === resolve(folder) || path.startsWith(resolve(folder) + sep);
  if (isLink || !isInside || name.startsWith('/') || name.includes('\\')) {
    throw new Error(`The package has an entry that must not be unpacked: "${name}".`);
  }
  return path;
}
