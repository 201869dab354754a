import { text } from 'node:stream/consumers';
import { getFileNameLowLevel, openPromise, type Entry, type ZipFile } from 'yauzl';
import { InvalidInputError } from '#shared/domain/errors.js';
import type { PackageEntry, PackageLimits } from './package-entry.js';

/** A zip whose central directory has been read. `close` must follow. */
export interface OpenedPackage {
  readonly entries: readonly PackageEntry[];
  /** Unpacks one small file as text. Throws `InvalidInputError` when there is none, it is too large or it is damaged. */
  readText(path: string): Promise<string>;
  close(): void;
}

/** A host.json of a megabyte is none. */
const MAX_TEXT_BYTES = 2 ** 20;

/** Of the file type in Unix' mode. */
const TYPE_MASK = 0o170000;
const PLAIN_TYPES = [0, 0o100000, 0o040000];

/**
 * Reads the list of what is in a zip, and unpacks nothing. Stops at the first entry over a limit, so that a list of millions is
 * never held. Throws `InvalidInputError` when it is no zip, or a damaged one.
 */
export async function openPackage(path: string, limits: PackageLimits): Promise<OpenedPackage> {
  const zip = await open(path);
  try {
    refuseTooMany(zip.entryCount, limits);
    const found = await readEntries(zip, limits);
    return {
      entries: found.map(({ described }) => described),
      readText: (wanted) =>
        readText(zip, found.find(({ described }) => described.path === wanted)?.entry, wanted),
      close: () => zip.close(),
    };
  } catch (error) {
    zip.close();
    throw error;
  }
}

async function open(path: string): Promise<ZipFile> {
  try {
    // Names are decoded here: yauzl would turn backslashes into slashes before anybody could refuse them.
    return await openPromise(path, { autoClose: false, decodeStrings: false });
  } catch (error) {
    throw damaged(error);
  }
}

async function readEntries(
  zip: ZipFile,
  limits: PackageLimits,
): Promise<{ entry: Entry; described: PackageEntry }[]> {
  const found: { entry: Entry; described: PackageEntry }[] = [];
  try {
    for await (const entry of zip.eachEntry()) {
      const described = describe(entry);
      if (described.path !== '') found.push({ entry, described });
      refuseTooMany(found.length, limits);
    }
    return found;
  } catch (error) {
    throw error instanceof InvalidInputError ? error : damaged(error);
  }
}

function describe(entry: Entry): PackageEntry {
  const name = getFileNameLowLevel(entry.generalPurposeBitFlag, entry.fileNameRaw, entry.extraFields, true);
  return {
    // Some tools write "./host.json", and an entry "./" for the folder itself.
    path: name.replace(/^\.\//, ''),
    packedBytes: entry.compressedSize,
    unpackedBytes: entry.uncompressedSize,
    isEncrypted: entry.isEncrypted(),
    // Whatever system the zip says it is from: an unpacker might believe the mode all the same.
    isSpecial: !PLAIN_TYPES.includes((entry.externalFileAttributes >>> 16) & TYPE_MASK),
    canBeUnpacked: entry.canDecodeFileData(),
  };
}

async function readText(zip: ZipFile, entry: Entry | undefined, path: string): Promise<string> {
  if (!entry) throw new InvalidInputError(`There is no ${path} in the package.`);
  if (entry.uncompressedSize > MAX_TEXT_BYTES) throw new InvalidInputError(`${path} is too large.`);
  try {
    return await text(await zip.openReadStreamPromise(entry));
  } catch (error) {
    throw damaged(error);
  }
}

function refuseTooMany(count: number, { maxPackageFiles }: PackageLimits): void {
  if (count <= maxPackageFiles) return;
  throw new InvalidInputError(
    `The package has more than ${maxPackageFiles} files (setting maxPackageFiles).`,
  );
}

function damaged(error: unknown): InvalidInputError {
  const { message } = error as Error;
  const isNoZip = /end of central directory/i.test(message);
  return new InvalidInputError(
    isNoZip ? 'The package is not a zip file, or its end is missing.' : `The zip is damaged: ${message}.`,
    [],
    { cause: error },
  );
}
