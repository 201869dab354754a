import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { makeTempFolder, removeFolder } from '../../../../../test/support/temp-folder.js';
import { IdleHistoryFile } from './idle-history-file.js';
import { emptyIdleHistory, noteHour } from './idle-history.js';

describe('IdleHistoryFile', () => {
  let folder: string;
  let troubles: string[];
  const fileIn = (where: string): IdleHistoryFile =>
    new IdleHistoryFile(where, { onTrouble: (message) => troubles.push(message) });
  beforeEach(async () => {
    folder = await makeTempFolder('idle');
    troubles = [];
  });
  afterEach(() => removeFolder(folder));

  it('gives the next life what this one has learnt', async () => {
    const history = emptyIdleHistory();
    const file = fileIn(folder);
    expect(await file.read()).toBeNull();
    for (const hour of [3, 167]) {
      noteHour(history, hour, hour === 3);
      file.write(history);
    }
    await file.close();
    expect(await fileIn(folder).read()).toEqual(history);
    expect(troubles).toEqual([]);
  });

  it.each(['{"version":1,"seen":[1],"idle":[1]}', '{"vers', '{"version":2}', ''])(
    'begins again with a warning where it finds %j, and overwrites it',
    async (text) => {
      await writeFile(join(folder, 'idle-history.json'), text);
      const file = fileIn(folder);
      expect(await file.read()).toBeNull();
      expect(troubles).toEqual([expect.stringContaining('idle-history.json')]);
      file.write(emptyIdleHistory());
      await file.close();
      expect(await readFile(join(folder, 'idle-history.json'), 'utf8')).toContain('"version":1');
    },
  );

  it('says that it could not write, and lets the worker go on', async () => {
    const file = fileIn(join(folder, 'nowhere'));
    file.write(emptyIdleHistory());
    await file.close();
    expect(troubles).toEqual([expect.stringContaining('lost at the next start')]);
  });
});
