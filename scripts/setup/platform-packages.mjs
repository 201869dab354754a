/** @typedef {{ os?: string[], cpu?: string[], dev?: boolean, optional?: boolean, hasInstallScript?: boolean }} LockedPackage */

/**
 * The packages of a lock file that a production install needs and that a platform can not have: `npm install --omit=dev` would fail
 * there. Optional ones are left out by npm itself.
 * @param {Record<string, LockedPackage>} packages of package-lock.json
 * @param {{ os: string, cpu: string }} platform as Node calls them, such as `win32` and `x64`
 * @returns {string[]} their places in node_modules
 */
export function packagesRefusing(packages, { os, cpu }) {
  return needed(packages)
    .filter(([, locked]) => !admits(locked.os, os) || !admits(locked.cpu, cpu))
    .map(([place]) => place);
}

/**
 * The packages of a production install that run a script when they are installed: what is built there needs a compiler.
 * @param {Record<string, LockedPackage>} packages of package-lock.json
 * @returns {string[]} their names
 */
export function packagesWithScripts(packages) {
  const places = needed(packages).filter(([, locked]) => locked.hasInstallScript === true);
  return [...new Set(places.map(([place]) => place.slice(place.lastIndexOf('node_modules/') + 13)))].sort();
}

/** @param {Record<string, LockedPackage>} packages */
function needed(packages) {
  return Object.entries(packages).filter(([place, { dev, optional }]) => place !== '' && !dev && !optional);
}

/**
 * As npm reads these lists: names to have, or names with `!` not to have.
 * @param {string[] | undefined} list
 * @param {string} value
 */
function admits(list, value) {
  if (list === undefined || list.length === 0) return true;
  if (list.includes(`!${value}`)) return false;
  return list.includes(value) || list.every((entry) => entry.startsWith('!'));
}
