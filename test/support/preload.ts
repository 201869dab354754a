import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** The variable that makes a process of ours load one of `test/support/preload` before anything else. */
export function preload(
  name: 'clock-shift' | 'older-version' | 'scripted-sensors' | 'sql-cut' | 'sql-rights',
): {
  readonly NODE_OPTIONS: string;
} {
  const path = join(process.cwd(), 'test/support/preload', `${name}.mjs`);
  return { NODE_OPTIONS: `--import=${pathToFileURL(path).href}` };
}
