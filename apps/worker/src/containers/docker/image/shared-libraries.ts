import { execFile } from 'node:child_process';
import { access } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

/** Loaded by name at run time, when a host name is looked up, by C libraries that do not have them built in: `ldd` can't see them. */
const LOOKED_UP_AT_RUN_TIME = ['libnss_dns.so.2', 'libnss_files.so.2', 'libresolv.so.2'];

/** The shared libraries of a program and their loader, as absolute paths. Throws when one is missing or `ldd` is. */
export async function sharedLibrariesOf(program: string): Promise<string[]> {
  const linked = parseLdd(await runLdd(program));
  const cLibrary = linked.find((path) => /\/libc\.so\.6$/.test(path));
  if (cLibrary === undefined) return linked;
  const beside = LOOKED_UP_AT_RUN_TIME.map((name) => join(dirname(cLibrary), name));
  const existing = await Promise.all(beside.map(async (path) => ((await exists(path)) ? [path] : [])));
  return [...new Set([...linked, ...existing.flat()])];
}

/** Reads `name => /path (0x…)` and `/loader (0x…)`; what has no path (the kernel's vdso) is no file. */
export function parseLdd(output: string): string[] {
  const paths = new Set<string>();
  for (const line of output.split('\n')) {
    if (line.includes('not found')) throw new Error(`A shared library is missing: ${line.trim()}.`);
    const path = /(?:^|\s)(\/\S+)\s+\(0x[0-9a-f]+\)\s*$/.exec(line)?.[1];
    if (path !== undefined) paths.add(path);
  }
  return [...paths];
}

async function runLdd(program: string): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)('ldd', [program], {
      env: { LC_ALL: 'C', PATH: '/usr/bin:/bin' },
    });
    return stdout;
  } catch (error) {
    // glibc's words and musl's for a program without shared libraries.
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    if (/not a dynamic executable|Not a valid dynamic program/.test(stdout + stderr)) return '';
    throw error;
  }
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
