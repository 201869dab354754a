import { describe, expect, it } from '@jest/globals';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeTempFolder, removeFolder } from '../../../../../../test/support/temp-folder.js';
import { updatedHosts, updateHostsFile } from './hosts-file.js';

const BEFORE = '127.0.0.1\tlocalhost\n10.0.0.5\tdb.internal\n172.18.0.2\tabc\n';
const host = (address: string) => ({ name: 'db.internal', address });

describe('updatedHosts', () => {
  it('replaces the lines of a name and leaves the others', () => {
    expect(updatedHosts(BEFORE, ['db.internal'], [host('10.0.0.6'), host('10.0.0.7')])).toBe(
      '127.0.0.1\tlocalhost\n172.18.0.2\tabc\n10.0.0.6\tdb.internal\n10.0.0.7\tdb.internal\n',
    );
    expect(updatedHosts(BEFORE, ['db.internal'], [])).toBe('127.0.0.1\tlocalhost\n172.18.0.2\tabc\n');
  });
});

describe('updateHostsFile', () => {
  it('writes the same file, also when it becomes shorter', async () => {
    const folder = await makeTempFolder('hosts');
    const path = join(folder, 'hosts');
    await writeFile(path, BEFORE);
    await updateHostsFile(path, ['db.internal'], []);
    expect(await readFile(path, 'utf8')).toBe('127.0.0.1\tlocalhost\n172.18.0.2\tabc\n');
    await removeFolder(folder);
  });

  it('says when there is no such file here', async () => {
    await expect(updateHostsFile('/nowhere/hosts', [], [])).rejects.toThrow('ENOENT');
  });
});
