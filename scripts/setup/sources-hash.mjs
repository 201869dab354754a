import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';

/**
 * One hash over the names and contents of files: it changes when a build would.
 * @param {string} base names are relative to it, so that a clone elsewhere has the same hash
 * @param {string[]} places files and folders; absent ones count as empty
 * @param {(path: string) => boolean} counts
 */
export function hashOfSources(base, places, counts) {
  const hash = createHash('sha256');
  for (const path of places.flatMap((place) => filesIn(join(base, place)))) {
    const name = relative(base, path);
    if (!counts(name)) continue;
    const content = readFileSync(path);
    hash.update(`${name}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
}

/** @param {string} place @returns {string[]} sorted */
function filesIn(place) {
  const facts = statSync(place, { throwIfNoEntry: false });
  if (!facts) return [];
  if (!facts.isDirectory()) return [place];
  return readdirSync(place, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
