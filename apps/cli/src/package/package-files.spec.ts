import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { packageFiles } from './package-files.js';
import { zipFiles } from './zip-files.js';

describe('packageFiles', () => {
  let folder = '';
  const put = async (name: string, content = ''): Promise<void> => {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  };
  const names = async (): Promise<string[]> => (await packageFiles(folder)).map(({ name }) => name);

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nightjar-package-'));
    await put('host.json');
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('takes everything by name, whatever its depth', async () => {
    await put('src/functions/hello.js');
    await put('node_modules/a/index.js');
    await put('package.json');
    expect(await names()).toEqual([
      'host.json',
      'node_modules/a/index.js',
      'package.json',
      'src/functions/hello.js',
    ]);
  });

  it('never takes history, editor settings and local secrets, even when .funcignore asks for them', async () => {
    await put('.funcignore', '!local.settings.json\n!.git\n');
    await put('local.settings.json', '{"Values":{"Password":"x"}}');
    await put('.git/config');
    await put('.vscode/settings.json');
    await put('node_modules/.bin/tool');
    expect(await names()).toEqual(['host.json']);
  });

  it('leaves out what .funcignore names, with the rules of .gitignore', async () => {
    await put('.funcignore', '# notes\ndata\n*.md\n!KEEP.md\n/test/\n**/*.ts\n');
    for (const name of ['data/a.jsonl', 'README.md', 'KEEP.md', 'test/a.js', 'src/test/b.js', 'src/a.ts']) {
      await put(name);
    }
    expect(await names()).toEqual(['KEEP.md', 'host.json', 'src/test/b.js']);
  });

  it('follows links to files and folders, but not round in circles', async () => {
    await put('lib/a.js', 'a');
    await symlink(join(folder, 'lib'), join(folder, 'linked'));
    await symlink(folder, join(folder, 'lib', 'up'));
    expect(await names()).toEqual(['host.json', 'lib/a.js', 'linked/a.js']);
  });

  it('keeps in mind what is executable', async () => {
    await put('tool.sh');
    await chmod(join(folder, 'tool.sh'), 0o755);
    const files = await packageFiles(folder);
    expect(files.map(({ name, executable }) => [name, executable])).toEqual([
      ['host.json', false],
      ['tool.sh', true],
    ]);
  });
});

describe('zipFiles', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nightjar-zip-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('gives the same bytes for the same files, however old they are', async () => {
    const zipped = async (): Promise<Buffer> => buffer(zipFiles(await packageFiles(folder)));
    await writeFile(join(folder, 'host.json'), '{}');
    const first = await zipped();
    await new Promise((resolve) => setTimeout(resolve, 2_100)); // A zip counts time in steps of two seconds.
    await writeFile(join(folder, 'host.json'), '{}');
    expect((await zipped()).equals(first)).toBe(true);
  });

  it('ends with an error when a file is gone', async () => {
    const files = [{ name: 'gone', path: join(folder, 'gone'), executable: false }];
    await expect(buffer(zipFiles(files))).rejects.toThrow('ENOENT');
  });
});
