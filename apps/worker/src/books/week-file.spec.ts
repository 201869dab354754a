import { mkdtemp, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openWeek, readWeek, weekPath, writeWeek } from './week-file.js';
import { emptyWeek, noteSpan } from './week.js';

describe('the week on the disk', () => {
  let folder: string;
  const warnings: unknown[] = [];
  const open = () => openWeek(folder, (error) => warnings.push(error));

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nightjar-week-'));
    warnings.length = 0;
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('begins empty, without a warning', async () => {
    expect(await readWeek(folder)).toBeNull();
    expect(await open()).toEqual(emptyWeek());
    expect(warnings).toEqual([]);
  });

  it('is there again after a restart, with no half of it beside', async () => {
    const week = emptyWeek();
    noteSpan(week, new Date(), { seconds: 60, isOffered: true, cores: 4, busyCores: 1 });
    await writeWeek(folder, week);
    expect(await open()).toEqual(week);
    expect(await readdir(folder)).toEqual(['week.json']);
    expect(warnings).toEqual([]);
  });

  it.each([
    ['half of it', '{"days":['],
    ['something else', '[1,2]'],
    ['other fields', '{"days":[{"day":7}],"lastWait":null}'],
    ['nothing', ''],
  ])('is begun anew with a warning where there is %s', async (_what, text) => {
    await writeFile(weekPath(folder), text);
    await expect(readWeek(folder)).rejects.toThrow();
    expect(await open()).toEqual(emptyWeek());
    expect(warnings).toHaveLength(1);
    await writeWeek(folder, emptyWeek());
    expect(await readWeek(folder)).toEqual(emptyWeek());
  });

  it('is not read where it is larger than any week', async () => {
    await writeFile(weekPath(folder), '');
    await truncate(weekPath(folder), 3 * 2 ** 20);
    await expect(readWeek(folder)).rejects.toThrow('more than');
    expect(await open()).toEqual(emptyWeek());
  });
});
