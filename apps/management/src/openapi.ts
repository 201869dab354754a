import { readFile, writeFile } from 'node:fs/promises';
import { parseSettings } from './config.js';
import { buildApiDocument } from './http/api-document.js';
import { createApp } from './http/create-app.js';
import { unconnectedPorts } from './unconnected-ports.js';

/** Where the document is kept, below the folder that this is started in: the repository's. */
const FILE = 'docs/openapi.json';

/** Builds the document of the controllers as they are, without a database, a queue or a port. */
async function buildText(): Promise<string> {
  const settings = parseSettings({
    flags: ['--worker-key', 'not-used-for-a-document', '--log-level', 'silent'],
    environment: {},
    file: null,
    readSecretFile: () => '',
  });
  const app = await createApp(settings, async () => unconnectedPorts());
  return `${JSON.stringify(buildApiDocument(app), null, 2)}\n`;
}

/** Without a flag: writes the file. With `--check`: exit code 1 when it is not what would be written. */
async function main(): Promise<void> {
  const text = await buildText();
  if (!process.argv.includes('--check')) {
    await writeFile(FILE, text);
    return;
  }
  const kept = await readFile(FILE, 'utf8').catch(() => '');
  if (kept === text) return;
  process.stderr.write(
    `${FILE} is not what the controllers say. Write it anew with: npm run build && node dist/apps/management/src/openapi.js\n`,
  );
  process.exitCode = 1;
}

await main();
