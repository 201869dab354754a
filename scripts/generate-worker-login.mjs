import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from './build.mjs';
import { bootstrap } from './setup/bootstrap.mjs';
import { inRepository } from './setup/repository.mjs';

// Writes deploy/sql/worker-login.sql as the compiled table of workers' rights says. A test compares the two.

await bootstrap(fileURLToPath(import.meta.url));
await build();
const rights = pathToFileURL(inRepository('dist/libs/shared/src/store/kysely/worker-rights.js')).href;
const { workerLoginScript } = await import(rights);
mkdirSync(inRepository('deploy/sql'), { recursive: true });
writeFileSync(inRepository('deploy/sql/worker-login.sql'), workerLoginScript());
