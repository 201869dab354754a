import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { reconcileFolders } from './reconcile-folders.js';

describe('reconcileFolders', () => {
  let parent: string;
  const lines: string[] = [];
  const logger = { log: (line: string) => void lines.push(line) };
  beforeEach(async () => {
    parent = await mkdtemp(join(tmpdir(), 'nightjar-folders-'));
    lines.length = 0;
    for (const name of ['used', 'left']) {
      await mkdir(join(parent, name));
      await writeFile(join(parent, name, 'index.js'), '', { mode: 0o444 });
    }
  });
  afterEach(() => rm(parent, { recursive: true }));

  const reconcile = (more: { graceSeconds?: number; dryRun?: boolean } = {}): Promise<void> =>
    reconcileFolders({ parent, known: new Set(['used']), graceSeconds: 0, dryRun: false, ...more }, logger);

  it('removes what no container uses, and says why', async () => {
    await reconcile();
    expect(await readdir(parent)).toEqual(['used']);
    expect(lines).toEqual([expect.stringMatching(/^Removing the folder .*left: it has no owner/)]);
  });

  it('leaves what is younger than the grace', async () => {
    await reconcile({ graceSeconds: 3600 });
    expect(await readdir(parent)).toHaveLength(2);
    expect(lines).toEqual([]);
  });

  it('only says so in a dry run', async () => {
    await reconcile({ dryRun: true });
    expect(await readdir(parent)).toHaveLength(2);
    expect(lines).toEqual([expect.stringMatching(/^Would remove/)]);
  });
});
