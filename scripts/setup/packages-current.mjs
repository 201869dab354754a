/**
 * @typedef {{ version?: string, integrity?: string, link?: boolean, optional?: boolean, devOptional?: boolean }} LockedPackage
 * @typedef {{ packages?: Record<string, LockedPackage> }} LockFile
 */

/**
 * Whether the installed tree is the one that package-lock.json asks for.
 *
 * npm writes what it installed into `node_modules/.package-lock.json`, as its last act: a broken
 * installation has none. Comparing contents recognises a tree however it was installed, and asks for
 * nothing after a `touch` or a fresh checkout of the same lock file, as times would.
 * Optional packages may be absent: npm leaves out those for other platforms.
 * @param {LockFile} wanted package-lock.json
 * @param {LockFile | undefined} installed node_modules/.package-lock.json
 */
export function packagesAreCurrent(wanted, installed) {
  if (!installed?.packages) return false;
  const present = installed.packages;
  return Object.entries(wanted.packages ?? {})
    .filter(([path]) => path !== '')
    .every(([path, entry]) => isSamePackage(entry, present[path]));
}

/**
 * @param {LockedPackage} wanted
 * @param {LockedPackage | undefined} installed
 */
function isSamePackage(wanted, installed) {
  if (!installed) return Boolean(wanted.optional || wanted.devOptional);
  return wanted.version === installed.version && wanted.integrity === installed.integrity;
}
