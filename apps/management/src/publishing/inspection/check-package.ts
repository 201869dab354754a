import { clashes, pathProblem } from './check-paths.js';
import type { PackageEntry, PackageLimits } from './package-entry.js';

/** Small files of one repeated character are packed 1,000 to 1 and harm nobody. */
const RATIO_COUNTS_FROM_BYTES = 2 ** 20;

const HOST_JSON = 'host.json';

/** What is wrong with a package, one sentence each; none: it may be unpacked. */
export function packageProblems(
  entries: readonly PackageEntry[],
  packageBytes: number,
  limits: PackageLimits,
): readonly string[] {
  const problems = [
    ...entries.flatMap((entry) => entryProblems(entry, limits)),
    ...clashes(entries),
    ...totalProblems(entries, packageBytes, limits),
  ];
  // A package that is not to be unpacked at all needs no advice about its layout.
  return problems.length > 0 ? problems.map(sentence) : layoutProblems(entries).map(sentence);
}

function entryProblems(entry: PackageEntry, limits: PackageLimits): string[] {
  const problems: string[] = [];
  const say = (what: string | null): void => {
    if (what !== null) problems.push(`${quoted(entry.path)} ${what}`);
  };
  say(pathProblem(entry.path));
  if (entry.isEncrypted) say('is encrypted');
  else if (!entry.canBeUnpacked) say('is packed by a method other than "deflate"');
  if (entry.isSpecial) say('is a link or another special file');
  if (isBomb(entry.unpackedBytes, entry.packedBytes, limits)) {
    say(
      `would unpack to more than ${limits.maxCompressionRatio} times its size (setting maxCompressionRatio)`,
    );
  }
  return problems;
}

function totalProblems(
  entries: readonly PackageEntry[],
  packageBytes: number,
  limits: PackageLimits,
): string[] {
  const unpackedBytes = sum(entries.map((entry) => entry.unpackedBytes));
  const packedBytes = sum(entries.map((entry) => entry.packedBytes));
  if (entries.length > limits.maxPackageFiles) {
    return [
      `the package has ${entries.length} files, more than ${limits.maxPackageFiles} (setting maxPackageFiles)`,
    ];
  }
  if (unpackedBytes > limits.maxUnpackedBytes) {
    const most = `${limits.maxUnpackedBytes} (setting maxUnpackedBytes)`;
    return [`the package would unpack to ${unpackedBytes} bytes, more than ${most}`];
  }
  // Entries that share their bytes: the way to a bomb that looks harmless file by file.
  if (packedBytes > packageBytes) return ['the files in the package overlap'];
  if (isBomb(unpackedBytes, packageBytes, limits)) {
    const most = `${limits.maxCompressionRatio} times its size (setting maxCompressionRatio)`;
    return [`the package would unpack to more than ${most}`];
  }
  return [];
}

function layoutProblems(entries: readonly PackageEntry[]): string[] {
  const paths = entries.map((entry) => entry.path);
  if (paths.includes(HOST_JSON)) return [];
  if (entries.length === 0) return ['the package is empty'];
  const otherCase = paths.find((path) => path.toLowerCase() === HOST_JSON);
  if (otherCase !== undefined) return [`"${otherCase}" must be named host.json, in lower case`];
  const folder = onlyFolderOf(paths);
  if (folder !== null && paths.includes(`${folder}/${HOST_JSON}`)) {
    return [
      `everything in the package is inside of the folder "${folder}": zip what is in the folder, not the folder itself`,
    ];
  }
  return ['there is no host.json at the top of the package: is it a function app?'];
}

/** The folder that holds all else; what macOS adds to a zip does not count. */
function onlyFolderOf(paths: readonly string[]): string | null {
  const tops = new Set(paths.map((path) => path.split('/', 1)[0] ?? '').filter((top) => top !== '__MACOSX'));
  const [top] = tops;
  return tops.size === 1 && top !== undefined ? top : null;
}

function isBomb(unpackedBytes: number, packedBytes: number, { maxCompressionRatio }: PackageLimits): boolean {
  return unpackedBytes >= RATIO_COUNTS_FROM_BYTES && unpackedBytes > packedBytes * maxCompressionRatio;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/** A path comes from outside: it is shown without what a terminal would obey, and not at any length. */
function quoted(path: string): string {
  const short = path.length > 200 ? `${path.slice(0, 200)}…` : path;
  return JSON.stringify(short);
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
