import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { rm, writeFile } from 'node:fs/promises';
import { makeTempFolder, removeFolder } from '../../../../../test/support/temp-folder.js';
import { isWithheld, OwnerOrderFile, snoozePath } from './owner-order.js';

describe('OwnerOrderFile', () => {
  let folder: string;
  let wallMs: number;
  let file: OwnerOrderFile;
  beforeEach(async () => {
    folder = await makeTempFolder('owner-order');
    wallMs = Date.parse('2026-11-18T12:00:00Z');
    file = new OwnerOrderFile(
      folder,
      () => 5_000,
      () => wallMs,
    );
  });
  afterEach(() => removeFolder(folder));

  const write = async (text: string): Promise<void> => {
    await writeFile(snoozePath(folder), text);
    await file.read();
  };

  it('is unknown before it was read, and offers the machine where there is no file', async () => {
    expect(file.latest).toBe('unknown');
    await file.read();
    expect(file.latest).toEqual({ kind: 'offered' });
  });

  it('follows what the owner says', async () => {
    await write('{"until":"2026-11-18T12:00:10Z"}');
    expect(file.latest).toEqual({ kind: 'snoozed', untilMs: 15_000 });
    await write('{"until":"never"}');
    expect(file.latest).toEqual({ kind: 'never' });
    await rm(snoozePath(folder));
    await file.read();
    expect(file.latest).toEqual({ kind: 'offered' });
  });

  it('does not shorten a snooze when somebody sets the clock', async () => {
    await write('{"until":"2026-11-18T12:00:10Z"}');
    wallMs += 3_600_000;
    await file.read();
    expect(file.latest).toEqual({ kind: 'snoozed', untilMs: 15_000 });
  });

  it.each(['', '{', '{"until":"tomorrow"}', '{"until":"never","also":1}', '[]'])(
    'is unknown where %j stands',
    async (text) => {
      await write(text);
      expect(file.latest).toBe('unknown');
      await write('{"until":"never"}');
      expect(file.latest).toEqual({ kind: 'never' });
    },
  );
});

describe('isWithheld', () => {
  it.each([
    ['unknown' as const, true],
    [{ kind: 'never' as const }, true],
    [{ kind: 'offered' as const }, false],
    [{ kind: 'snoozed' as const, untilMs: 100 }, false],
    [{ kind: 'snoozed' as const, untilMs: 101 }, true],
  ])('of %j is %s', (order, expected) => {
    expect(isWithheld(order, 100)).toBe(expected);
  });
});
