/** @typedef {{ dev?: boolean, link?: boolean }} LockedPackage */

/** Older ones lack what the apps use. */
const OLDEST_NODE = '>=22.17';

/**
 * Where the packages of a production install lie.
 * @param {Record<string, LockedPackage>} packages of package-lock.json
 * @returns {string[]} such as `node_modules/zod`
 */
export function productionPlaces(packages) {
  return Object.entries(packages)
    .filter(([place, { dev, link }]) => place !== '' && !dev && !link)
    .map(([place]) => place)
    .sort();
}

/**
 * The package.json of what is shipped: without the tools and scripts that need the sources.
 * @param {Record<string, any>} manifest
 */
export function shippedManifest(manifest) {
  const { name, version, description, license, type, bin, dependencies } = manifest;
  const imports = Object.fromEntries(
    Object.entries(manifest.imports).map(([key, target]) => [key, /** @type {any} */ (target).default]),
  );
  const engines = { node: OLDEST_NODE };
  return { name, version, description, license, private: true, type, engines, bin, imports, dependencies };
}

/**
 * Whether a file of `dist` or `deploy` is shipped.
 * @param {string} path relative, with forward slashes
 */
export function isShipped(path) {
  if (/\.(tsbuildinfo|pid|lock|tgz)$/.test(path) || path === 'dist/build-stamp') return false;
  return /^(dist\/(apps|libs|language-worker)|deploy)\//.test(path);
}
