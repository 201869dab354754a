import type { PackageEntry } from './package-entry.js';

/** Longer ones can't be unpacked on every system that functions run on. */
const MAX_PATH_BYTES = 1024;

/** Why an entry must not be unpacked by its path, or null. */
export function pathProblem(path: string): string | null {
  if (path === '') return 'has an empty path';
  // eslint-disable-next-line no-control-regex -- that is what is looked for
  if (/[\u0000-\u001f\u007f]/.test(path)) return 'has control characters in its path';
  if (path.includes('\\')) return 'has a backslash in its path: paths in a zip have forward slashes';
  if (path.startsWith('/') || /^[A-Za-z]:/.test(path)) return 'has an absolute path';
  const segments = path.replace(/\/$/, '').split('/');
  if (segments.includes('..')) return 'leads out of the package with ".."';
  if (segments.some((segment) => segment === '' || segment === '.'))
    return 'has an empty or "." step in its path';
  if (Buffer.byteLength(path) > MAX_PATH_BYTES) return `has a path of more than ${MAX_PATH_BYTES} bytes`;
  return null;
}

/** Paths that are one path on Windows, which knows no case, or a file that is a folder as well. */
export function clashes(entries: readonly PackageEntry[]): string[] {
  const seen = new Map<string, string>();
  const problems: string[] = [];
  for (const { path } of entries) {
    const key = path.replace(/\/$/, '').toLowerCase();
    const earlier = seen.get(key);
    if (earlier !== undefined) problems.push(`"${path}" is there twice (${same(earlier, path)})`);
    seen.set(key, path);
  }
  for (const { path } of entries) {
    const parent = parentsOf(path).find((folder) => isFile(seen.get(folder.toLowerCase())));
    if (parent !== undefined) problems.push(`"${path}" lies in "${parent}", which is a file`);
  }
  return problems;
}

function same(a: string, b: string): string {
  return a === b ? 'under the same name' : `also as "${a}", which differs only in case`;
}

function isFile(path: string | undefined): boolean {
  return path !== undefined && !path.endsWith('/');
}

function parentsOf(path: string): string[] {
  const segments = path.replace(/\/$/, '').split('/');
  return segments.slice(1).map((_, index) => segments.slice(0, index + 1).join('/'));
}
