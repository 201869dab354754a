import { execFileSync } from 'node:child_process';
import { constants } from 'node:fs';
import { mkdir, open, writeFile, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { makeTempFolder, removeFolder } from '../../../../../../test/support/temp-folder.js';
import { InputWatch } from './input-watch.js';

/** A pipe behaves as a device does: nothing to read is EAGAIN while somebody could write. */
let dev: string;
let keyboard: FileHandle;
let nowMs: number;
let watch: InputWatch;

beforeEach(async () => {
  dev = await makeTempFolder('input-watch');
  await mkdir(join(dev, 'input'));
  keyboard = await makeDevice('event3');
  nowMs = 1000;
  watch = new InputWatch(dev, () => nowMs);
});
afterEach(async () => {
  await watch.close();
  await keyboard.close();
  await removeFolder(dev);
});

async function makeDevice(name: string): Promise<FileHandle> {
  const path = join(dev, 'input', name);
  execFileSync('mkfifo', [path]);
  return open(path, constants.O_RDWR | constants.O_NONBLOCK);
}

describe('InputWatch', () => {
  it('has nothing to say without devices', async () => {
    expect(await watch.look([])).toEqual({ ageSeconds: null, unreadable: [] });
  });

  it('takes the moment of first listening for input, and grows from there', async () => {
    expect(await watch.look(['event3'])).toEqual({ ageSeconds: 0, unreadable: [] });
    nowMs = 61_000;
    expect((await watch.look(['event3'])).ageSeconds).toBe(60);
  });

  it('notices each event, and keeps nothing of what it was', async () => {
    await watch.look(['event3']);
    nowMs = 61_000;
    await keyboard.write(Buffer.alloc(24 * 3, 7));
    expect((await watch.look(['event3'])).ageSeconds).toBe(0);
    nowMs = 66_000;
    expect((await watch.look(['event3'])).ageSeconds).toBe(5);
  });

  it('is as young as the youngest device, and forgets one that is pulled out', async () => {
    const mouse = await makeDevice('event4');
    try {
      await watch.look(['event3', 'event4']);
      nowMs = 11_000;
      await mouse.write(Buffer.alloc(24));
      expect((await watch.look(['event3', 'event4'])).ageSeconds).toBe(0);
      expect((await watch.look(['event3'])).ageSeconds).toBe(10);
    } finally {
      await mouse.close();
    }
  });

  it('names what can’t be read, and not what is gone', async () => {
    // Reading a folder fails for everybody, root too.
    await mkdir(join(dev, 'input/event5'));
    await writeFile(join(dev, 'input/other'), '');
    const seen = await watch.look(['event3', 'event5', 'event9']);
    expect(seen).toEqual({ ageSeconds: 0, unreadable: ['event5'] });
  });
});
