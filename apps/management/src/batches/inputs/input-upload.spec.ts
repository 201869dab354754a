import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { InvalidInputError, TooLargeError } from '#shared/domain/errors.js';
import { DirectoryBlobStore } from '#shared/store/directory/directory-blob-store.js';
import { makeTempFolder, removeFolder } from '../../../../../test/support/temp-folder.js';
import { storeInput } from './input-upload.js';

const limitsOf = (maxInputBytes: number) => ({ maxInputBytes, maxInputItems: 150 });

describe('storeInput', () => {
  let folder: string;
  let blobs: DirectoryBlobStore;

  beforeEach(async () => {
    folder = await makeTempFolder('input-upload');
    blobs = new DirectoryBlobStore(folder);
  });

  afterEach(() => removeFolder(folder));

  const body = (text: string): Readable => Readable.from([Buffer.from(text)], { objectMode: false });

  /** Every file below the folder. */
  async function files(): Promise<string[]> {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  }

  it('stores the file and counts its items', async () => {
    const stored = await storeInput(blobs, body('{"a":1}\n\n not JSON\n[]'), limitsOf(1000));
    expect(stored).toMatchObject({ itemsTotal: 3, sizeBytes: 21 });
    expect(await files()).toHaveLength(1);
  });

  it.each(['', '\n', ' \r\n\t\n'])('keeps nothing of a file without items: %j', async (text) => {
    await expect(storeInput(blobs, body(text), limitsOf(1000))).rejects.toThrow(InvalidInputError);
    expect(await files()).toEqual([]);
  });

  it('says so, too, when the file is over before the store has begun', async () => {
    // As the store is when it has to make its folder on a slow disk first.
    const slow = new (class extends DirectoryBlobStore {
      override async put(...given: Parameters<DirectoryBlobStore['put']>) {
        await new Promise((resolve) => setTimeout(resolve, 50));
        return super.put(...given);
      }
    })(folder);
    await expect(storeInput(slow, body(' \n'), limitsOf(1000))).rejects.toThrow(/has no items/);
    expect(await storeInput(slow, body('1'), limitsOf(1000))).toMatchObject({ itemsTotal: 1, sizeBytes: 1 });
    expect(await files()).toHaveLength(1);
  });

  it('keeps nothing of a file that is too large, and names the setting', async () => {
    const source = body('1\n'.repeat(100));
    await expect(storeInput(blobs, source, limitsOf(50))).rejects.toThrow(/maxInputBytes/);
    await expect(storeInput(blobs, body('1\n'.repeat(100)), limitsOf(50))).rejects.toThrow(TooLargeError);
    expect(await files()).toEqual([]);
  });

  it('leaves the request alone when it refuses it: its client is still to read why', async () => {
    const endless = new PassThrough();
    endless.write('1\n'.repeat(100));
    await expect(storeInput(blobs, endless, limitsOf(50))).rejects.toThrow(TooLargeError);
    expect(endless.destroyed).toBe(false);
    endless.destroy();
  });

  it('keeps nothing of an upload that breaks off', async () => {
    const upload = new PassThrough();
    upload.write('{"a":1}\n');
    setTimeout(() => upload.destroy(new Error('connection reset')), 20);
    await expect(storeInput(blobs, upload, limitsOf(1000))).rejects.toThrow(/broke off \(connection reset\)/);
    expect(await files()).toEqual([]);
  });

  it('keeps nothing of an upload whose client went away', async () => {
    const upload = new PassThrough();
    upload.write('{"a":1}\n');
    setTimeout(() => upload.destroy(), 20);
    await expect(storeInput(blobs, upload, limitsOf(1000))).rejects.toThrow(/broke off/);
    expect(await files()).toEqual([]);
  });
});
