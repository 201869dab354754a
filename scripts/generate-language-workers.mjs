// Writes docs/guides/language-workers.md from the table by which workers start language workers.
// `--check` writes nothing and fails when the file is not what would be written.
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from './build.mjs';
import { renderGuide } from './language-workers/render-guide.mjs';
import { bootstrap } from './setup/bootstrap.mjs';
import { inRepository } from './setup/repository.mjs';

const GUIDE = inRepository('docs/guides/language-workers.md');
const ROOM = 'dist/apps/worker/src/containers/language-workers';

await bootstrap(fileURLToPath(import.meta.url));
try {
  await build();
  process.exitCode = await run(process.argv.includes('--check'));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

/** @param {boolean} onlyChecks */
async function run(onlyChecks) {
  const guide = await render();
  if (!onlyChecks) {
    await writeFile(GUIDE, guide);
    return 0;
  }
  if ((await readFile(GUIDE, 'utf8').catch(() => '')) === guide) return 0;
  console.error(
    'docs/guides/language-workers.md is out of date: run node scripts/generate-language-workers.mjs',
  );
  return 1;
}

async function render() {
  const { LANGUAGE_WORKERS } = await load('language-worker-table.js');
  const { commandLine } = await load('command-line.js');
  const guide = renderGuide(LANGUAGE_WORKERS, (worker, platform, os) =>
    commandLine(worker, platform, {
      appDirectory: os === 'linux' ? '/home/site/wwwroot' : 'C:\\home\\site\\wwwroot',
      slash: os === 'linux' ? '/' : '\\',
      entry: 'language-worker.cjs',
      memoryBytes: 512 * 1024 * 1024,
      runtimeVersion: undefined,
      appWorker: '<assembly>.dll',
    }),
  );
  // After bootstrap, which may have to install it.
  const { format, resolveConfig } = await import('prettier');
  return format(guide, { ...(await resolveConfig(GUIDE)), filepath: GUIDE });
}

/** @param {string} file @returns {Promise<any>} compiled, and so without types */
function load(file) {
  return import(pathToFileURL(inRepository(ROOM, file)).href);
}
