import { realpathSync } from 'node:fs';
import { createRequire } from 'node:module';

/**
 * Makes CommonJS forget every module but this worker's own bundle, so that an app that is loaded a second
 * time runs its code again. Native add-ons stay: many of them can't be loaded twice in one process.
 *
 * @param ownFile the file that this process was started with.
 */
export function forgetRequiredModules(ownFile: string): void {
  const { cache } = createRequire(ownFile);
  const own = realpathSync(ownFile);
  for (const file of Object.keys(cache)) {
    if (file !== own && !file.endsWith('.node')) delete cache[file];
  }
}
