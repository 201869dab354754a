import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { execFile } from 'node:child_process';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { createGunzip } from 'node:zlib';
import { extract } from 'tar-stream';
import { makeTempFolder, removeFolder } from '../../support/temp-folder.js';

// Some 16,000 files: written, and read back.
jest.setTimeout(600_000);

let folder: string;
let root: string;

beforeAll(async () => {
  folder = await makeTempFolder('package');
  const archive = join(folder, 'nightjar.tgz');
  // From the repository's root, as npm runs scripts.
  await promisify(execFile)(process.execPath, ['scripts/package.mjs', archive]);
  await unpack(archive);
  root = join(folder, `nightjar-${(await readPackage('package.json')).version}`);
});

afterAll(() => removeFolder(folder));

async function unpack(archive: string): Promise<void> {
  const entries = extract();
  const read = pipeline(createReadStream(archive), createGunzip(), entries);
  for await (const entry of entries) {
    const target = join(folder, entry.header.name);
    await mkdir(dirname(target), { recursive: true });
    await pipeline(entry, createWriteStream(target));
  }
  await read;
}

async function readPackage(path: string): Promise<{ version: string }> {
  return JSON.parse(await readFile(path, 'utf8')) as { version: string };
}

interface Ending {
  readonly code: number;
  readonly output: string;
}

/** Runs an app of the archive, with nothing of the repository in sight. */
async function run(main: string, parameters: string[] = []): Promise<Ending> {
  const env = { PATH: process.env.PATH ?? '' };
  try {
    const program = join(root, 'dist/apps', main);
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [program, ...parameters], {
      cwd: root,
      env,
    });
    return { code: 0, output: stdout + stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, output: stdout + stderr };
  }
}

describe('the archive', () => {
  it('says its version', async () => {
    const { version } = await readPackage('package.json');
    expect(await readFile(join(root, 'VERSION'), 'utf8')).toBe(`${version}\n`);
  });

  it.each([
    'deploy/systemd/nightjar-worker.service',
    'deploy/windows/install.ps1',
    'deploy/images/node-windows.Dockerfile',
    'deploy/compose/.env.example',
    'dist/language-worker/language-worker.cjs',
    'LICENSE',
  ])('has %s', async (path) => {
    expect((await readFile(join(root, path))).length).toBeGreaterThan(0);
  });

  // All that an app imports is loaded before it looks at its settings.
  it.each(['management/src/main.js', 'worker/src/main.js'])(
    'loads %s, which asks for its settings',
    async (main) => {
      const { code, output } = await run(main, ['--database-url', 'nonsense:', '--log-level', 'shouting']);
      expect(code).toBe(1);
      expect(output).toContain('logLevel (--log-level)');
    },
  );

  it('runs the command line tool', async () => {
    expect(await run('cli/src/main.js', ['--help'])).toMatchObject({
      code: 0,
      output: expect.stringContaining('nightjar'),
    });
  });
});
