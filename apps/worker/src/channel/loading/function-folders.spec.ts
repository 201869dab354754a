import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { readFunctionFolders } from './function-folders.js';

const timer = { type: 'timerTrigger', direction: 'in', name: 'timer', schedule: '0 0 2 * * *' };

describe('readFunctionFolders', () => {
  let folder: string;

  async function write(path: string, content: unknown): Promise<void> {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), typeof content === 'string' ? content : JSON.stringify(content));
  }

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nightjar-folders-'));
  });

  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  it('finds each folder with a function.json, by name', async () => {
    await write('host.json', '{}');
    await write('node_modules/x/index.js', '');
    await write('zeta/function.json', { bindings: [timer], disabled: true });
    await write('zeta/index.js', '');
    await write('zeta/more.js', '');
    await write('alpha/function.json', {
      bindings: [timer],
      scriptFile: '../dist/alpha.js',
      entryPoint: 'go',
    });
    await write('dist/alpha.js', '');
    expect(await readFunctionFolders(folder)).toEqual({
      functions: [
        {
          name: 'alpha',
          programmingModel: 'v3',
          bindings: [timer],
          scriptFile: 'dist/alpha.js',
          entryPoint: 'go',
          retry: undefined,
          disabled: false,
        },
        expect.objectContaining({ name: 'zeta', scriptFile: 'zeta/index.js', disabled: true }),
      ],
      problems: [],
    });
  });

  it('names file and field of all that is wrong', async () => {
    await write('a/function.json', '{');
    await write('b/function.json', { bindings: [] });
    await write('c/function.json', { bindings: [timer] });
    await write('d/function.json', { bindings: [timer], scriptFile: '../../x.js' });
    await write('e/function.json', { bindings: [timer], scriptFile: 'gone.js' });
    await write('f f/function.json', { bindings: [timer] });
    const { functions, problems } = await readFunctionFolders(folder);
    expect(functions).toEqual([]);
    expect(problems).toEqual([
      expect.stringMatching(/^a\/function\.json is not valid JSON: /),
      expect.stringMatching(/^b\/function\.json: bindings must have a trigger/),
      expect.stringMatching(/^c\/function\.json names no scriptFile/),
      expect.stringMatching(/^d\/function\.json: scriptFile leads out of the package/),
      expect.stringMatching(/^e\/function\.json: scriptFile "gone\.js" is not a file in the package/),
      expect.stringMatching(/^f f\/function\.json: the folder is called "f f", but /),
    ]);
  });

  it('finds nothing in an app of the newer model', async () => {
    await write('src/app.js', '');
    expect(await readFunctionFolders(folder)).toEqual({ functions: [], problems: [] });
  });
});
