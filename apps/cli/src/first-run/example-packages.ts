import { spawn } from 'node:child_process';
import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const descriptionSchema = z.object({ dependencies: z.record(z.string(), z.string()).optional() });

/** npm writes this file last: an installation that broke off has none. */
const INSTALLED = 'node_modules/.package-lock.json';

/**
 * Installs what a function app depends on, into its folder, as one does before publishing to Azure. Does nothing when it
 * depends on nothing, or is installed already.
 * @throws {Error} with npm's words
 */
export async function installAppPackages(folder: string, signal?: AbortSignal): Promise<void> {
  if (!(await hasDependencies(folder)) || (await exists(join(folder, INSTALLED)))) return;
  const command = (await exists(join(folder, 'package-lock.json'))) ? 'ci' : 'install';
  await npm(folder, [command, '--omit=dev', '--no-audit', '--no-fund', '--loglevel=error'], signal);
}

async function hasDependencies(folder: string): Promise<boolean> {
  const file = join(folder, 'package.json');
  if (!(await exists(file))) return false;
  const description = descriptionSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  return Object.keys(description.dependencies ?? {}).length > 0;
}

function npm(folder: string, args: readonly string[], signal?: AbortSignal): Promise<void> {
  const onWindows = process.platform === 'win32';
  const child = spawn(onWindows ? 'npm.cmd' : 'npm', args, {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: onWindows,
    ...(signal && { signal }),
  });
  let words = '';
  const listen = (chunk: Buffer): unknown => (words += chunk.toString());
  child.stdout.on('data', listen);
  child.stderr.on('data', listen);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`npm ${args[0]} failed in ${folder} (exit code ${code}):\n${words.trim()}`));
    });
  });
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
