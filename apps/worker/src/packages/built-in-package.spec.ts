import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CacheWithBuiltIn } from './built-in-package.js';
import { PackageCache, type HeldPackage } from './package-cache.js';

class Others extends PackageCache {
  folderOf(digest: string): Promise<string> {
    return Promise.resolve(`/others/${digest}`);
  }

  async hold(digest: string): Promise<HeldPackage> {
    return { folder: await this.folderOf(digest), release: () => undefined };
  }
}

describe('CacheWithBuiltIn', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nightjar-built-in-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const cache = (): CacheWithBuiltIn =>
    new CacheWithBuiltIn(new Others(), {
      name: 'test',
      folder: join(folder, 'app'),
      files: { 'host.json': '{}', 'f/index.js': '1' },
    });

  it('writes its app so that everybody can read it', async () => {
    const held = await cache().hold('test');
    expect(await readFile(join(held.folder, 'f/index.js'), 'utf8')).toBe('1');
    if (process.platform !== 'win32') {
      expect((await stat(join(held.folder, 'f/index.js'))).mode & 0o777).toBe(0o644);
      expect((await stat(join(held.folder, 'f'))).mode & 0o777).toBe(0o755);
    }
    held.release();
  });

  it('has all others from the other cache', async () => {
    expect(await cache().folderOf('abc')).toBe('/others/abc');
  });
});
