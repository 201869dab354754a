import { readFile, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { inRepository } from './setup/repository.mjs';

// Makes the language worker one file that a bare `node` can run: containers hold nothing else of ours, and one file
// starts much quicker than hundreds.

const OUTPUT = inRepository('dist/language-worker/language-worker.cjs');
/** The oldest Node that it promises to run on. */
const TARGET = 'node22.17';

/** Beside the language worker: what it is for stands in its own source. */
const RELAY = 'http-relay.cjs';

/**
 * Bundles apps/language-worker into one file, and its relay into another beside it.
 * @param {string} [outfile] where to
 * @returns {Promise<string>} the file's path
 */
export async function bundleLanguageWorker(outfile = OUTPUT) {
  const worker = await bundle('main.ts', outfile);
  const relay = await bundle('http-relay/main.ts', join(dirname(outfile), RELAY));
  await writeFile(
    join(dirname(outfile), 'THIRD-PARTY-LICENSES.txt'),
    await licensesOf([...Object.keys(worker.inputs), ...Object.keys(relay.inputs)]),
  );
  return outfile;
}

/**
 * @param {string} entryPoint below the sources of the language worker
 * @param {string} outfile
 */
async function bundle(entryPoint, outfile) {
  const { metafile } = await build({
    entryPoints: [inRepository('apps/language-worker/src', entryPoint)],
    outfile,
    bundle: true,
    platform: 'node',
    target: TARGET,
    // CommonJS: Node starts it quicker than a module, and protobufjs needs `require`.
    format: 'cjs',
    // Provided by the worker itself while it runs.
    external: ['@azure/functions-core'],
    plugins: [sharedSources, withoutCodePages],
    minify: true,
    // Names of errors and hook contexts are seen by users.
    keepNames: true,
    legalComments: 'none',
    metafile: true,
    logLevel: 'warning',
  });
  return metafile;
}

/**
 * The licences of the packages that went into the bundle: they ask to be shipped along.
 * @param {string[]} inputs paths of source files, relative to the current folder
 * @returns {Promise<string>}
 */
async function licensesOf(inputs) {
  const packages = inputs.map((file) => file.match(/^.*node_modules\/(?:@[^/]+\/)?[^/]+/)?.[0]);
  const folders = [...new Set(packages)].filter((folder) => folder !== undefined).sort();
  const texts = folders.map(async (folder) => {
    const { name, version } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
    const file = (await readdir(folder)).find((entry) => /^licen[cs]e/i.test(entry));
    if (file === undefined) throw new Error(`${folder} is bundled and has no licence file`);
    return `${name} ${version}\n\n${(await readFile(join(folder, file), 'utf8')).trim()}\n`;
  });
  return (await Promise.all(texts)).join(`\n${'-'.repeat(80)}\n\n`);
}

/** `#shared/…` leads to the library's sources: the bundle can be made before anything was compiled. */
const sharedSources = {
  name: 'shared-sources',
  /** @param {import('esbuild').PluginBuild} build */
  setup(build) {
    build.onResolve({ filter: /^#shared\/.+\.js$/ }, ({ path }) => ({
      path: inRepository('libs/shared/src', path.slice('#shared/'.length).replace(/\.js$/, '.ts')),
    }));
  },
};

/**
 * The v3 library decodes request bodies by iconv-lite, and only those of the Unicode encodings that a byte order mark can
 * tell. The tables of all other encodings are two thirds of the bundle, and would be read and parsed at each cold start.
 */
const withoutCodePages = {
  name: 'without-code-pages',
  /** @param {import('esbuild').PluginBuild} build */
  setup(build) {
    const tables = /[\\/]iconv-lite[\\/]encodings[\\/](dbcs-data|sbcs-data|sbcs-data-generated)\.js$/;
    build.onLoad({ filter: tables }, () => ({ contents: 'module.exports = {};' }));
  },
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  console.log(await bundleLanguageWorker(process.argv[2]));
}
