import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { build } from './build.mjs';
import { bootstrap } from './setup/bootstrap.mjs';
import { inRepository, repositoryFolder } from './setup/repository.mjs';

// Writes docs/openapi.json as the compiled controllers describe themselves; with --check it only says whether it is
// what would be written.

await bootstrap(fileURLToPath(import.meta.url));
try {
  await build();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
const writer = inRepository('dist/apps/management/src/openapi.js');
const { status } = spawnSync(process.execPath, [writer, ...process.argv.slice(2)], {
  cwd: repositoryFolder,
  stdio: 'inherit',
});
process.exitCode = status ?? 1;
