import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from './build.mjs';
import { isShipped, productionPlaces, shippedManifest } from './package/package-contents.mjs';
import { bootstrap } from './setup/bootstrap.mjs';
import { inRepository, repositoryFolder } from './setup/repository.mjs';

// `npm run package [-- <file>]`: everything that a machine needs besides Node, in one archive: what was compiled, the packages that
// it uses, and the service definitions of deploy. Nothing is downloaded but what a fresh clone lacks.

await bootstrap(fileURLToPath(import.meta.url));
try {
  await build();
  console.log(await makePackage(process.argv[2]));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

/**
 * @param {string | undefined} target
 * @returns {Promise<string>} where the archive is
 */
async function makePackage(target) {
  // After bootstrap, which may have to install what this uses.
  const { filesBelow, writeArchive } = await import('./package/write-archive.mjs');
  const manifest = shippedManifest(readJson('package.json'));
  const root = `nightjar-${manifest.version}`;
  const paths = [
    ...(await filesBelow(repositoryFolder, isOnTheWay)).filter(isShipped),
    ...(await packageFiles(filesBelow)),
    'LICENSE',
    'README.md',
    'CHANGELOG.md',
  ];
  const texts = {
    'package.json': `${JSON.stringify(manifest, null, 2)}\n`,
    VERSION: `${manifest.version}\n`,
  };
  const archive = target ?? inRepository('dist', `${root}.tgz`);
  await writeArchive(archive, [
    ...Object.entries(texts).map(([name, text]) => ({ name: `${root}/${name}`, text })),
    ...paths.map((path) => ({ name: `${root}/${path}`, path: inRepository(path) })),
  ]);
  return archive;
}

/** @param {string} path */
function isOnTheWay(path) {
  return /^(dist|deploy)($|\/)/.test(path) && !path.startsWith('dist/test');
}

/**
 * Of packages for other platforms nothing is there: npm leaves them out.
 * @param {typeof import('./package/write-archive.mjs').filesBelow} filesBelow
 */
async function packageFiles(filesBelow) {
  const places = productionPlaces(readJson('package-lock.json').packages).filter((place) =>
    existsSync(inRepository(place)),
  );
  const lists = places.map(async (place) => {
    const files = await filesBelow(inRepository(place), isUsedAtRunTime);
    return files.map((name) => `${place}/${name}`);
  });
  return (await Promise.all(lists)).flat();
}

/**
 * Types, sources, maps and texts are half of all files, and of no use to who runs them; nested packages are listed by themselves.
 * @param {string} name
 */
function isUsedAtRunTime(name) {
  return !/^node_modules($|\/)|\.(map|md|[cm]?ts)$/.test(name);
}

/** @param {string} path */
function readJson(path) {
  return JSON.parse(readFileSync(inRepository(path), 'utf8'));
}
