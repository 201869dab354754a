import { posix, win32 } from 'node:path';

/** What of a zip entry decides where it goes and what it becomes. */
export interface EntryFacts {
  readonly fileName: string;
  /** From the zip's central directory; Unix' mode is in its upper half. */
  readonly externalFileAttributes: number;
}

/** Thrown when an entry would reach outside the package's folder or become something else than a file or folder. */
export class UnsafePackageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UnsafePackageError';
  }
}

const TYPE_MASK = 0o170000;
/** No type (from a system that has none), a file, a folder: no links, devices, sockets. */
const PLAIN_TYPES = [0, 0o100000, 0o040000];
const EXECUTABLE = 0o111;

/**
 * Where an entry goes below `folder`. Management has refused bad ones, and they are refused here once more: what is unpacked on
 * a machine is decided on that machine. Throws `UnsafePackageError`.
 */
export function entryPath(entry: EntryFacts, folder: string, platform: NodeJS.Platform): string {
  const { fileName } = entry;
  const { join, resolve, sep } = platform === 'win32' ? win32 : posix;
  const problem = problemOf(entry, platform);
  const path = resolve(join(folder, fileName));
  const isInside = path === resolve(folder) || path.startsWith(resolve(folder) + sep);
  if (problem === undefined && isInside) return path;
  throw new UnsafePackageError(`The package has an entry ${problem ?? 'outside itself'}: "${fileName}".`);
}

/** Names of devices, whatever comes behind them, and names whose end Windows drops. */
function isKeptByWindows(name: string): boolean {
  if (name === '.' || name === '') return false;
  return (
    /^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)/i.test(name) || /[. ]$/.test(name) || /[<>"|?*]/.test(name)
  );
}

/** Whether the zip says that a file is a program. */
export function isExecutable({ externalFileAttributes }: EntryFacts): boolean {
  return ((externalFileAttributes >>> 16) & EXECUTABLE) !== 0;
}

function problemOf(
  { fileName, externalFileAttributes }: EntryFacts,
  platform: NodeJS.Platform,
): string | undefined {
  if (!PLAIN_TYPES.includes((externalFileAttributes >>> 16) & TYPE_MASK)) return 'that is no plain file';
  if (fileName.startsWith('/') || fileName.includes('\\') || fileName.includes('\0'))
    return 'with a bad path';
  if (fileName.split('/').includes('..')) return 'that leads upwards';
  // On Windows a drive, or a hidden stream of another file.
  if (platform === 'win32' && fileName.includes(':')) return 'with a colon in its path';
  if (platform === 'win32' && fileName.split('/').some(isKeptByWindows))
    return 'with a name that Windows can not have';
  return undefined;
}
