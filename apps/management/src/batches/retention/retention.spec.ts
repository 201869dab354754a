import { readdir, utimes } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { BatchRun } from '#shared/domain/batch.js';
import { newId } from '#shared/domain/ids.js';
import type { RetentionStore } from '#shared/store/retention-store.js';
import { activateApp, functionWith, openTempStores } from '../../../../../test/support/temp-stores.js';
import type { TempStores } from '../../../../../test/support/temp-stores.js';
import { InputFiles } from '../inputs/input-files.js';
import { keptRuns } from './kept-runs.js';
import { Retention, type RetentionSettings } from './retention.js';

Logger.overrideLogger(false);

const SETTINGS: RetentionSettings = {
  keptRunDays: 0,
  keptRuns: 1,
  // A file is unused at once: grace times are the store's own tests.
  unusedFileDays: 0,
  retentionIntervalSeconds: 600,
  retentionDryRun: false,
};
const LIMITS = { maxInputBytes: 1_000_000, maxInputItems: 1000 };

describe('keptRuns', () => {
  it.each([
    [null, { keptRunDays: 90, keptRuns: 0 }, { days: 90, runs: undefined }],
    [null, { keptRunDays: 0, keptRuns: 0 }, null],
    [{ runs: 5 }, { keptRunDays: 90, keptRuns: 10 }, { days: 90, runs: 5 }],
    [{ days: 1 }, { keptRunDays: 0, keptRuns: 0 }, { days: 1, runs: undefined }],
  ])('keeps %j with %j by %j', (retention, defaults, expected) => {
    expect(keptRuns(retention, defaults)).toEqual(expected);
  });
});

describe('Retention', () => {
  let stores: TempStores;

  beforeEach(async () => {
    stores = await openTempStores('retention');
  });

  afterEach(() => stores.dispose());

  async function endedRun(line: string): Promise<BatchRun> {
    const files = new InputFiles({ ...LIMITS } as never, stores.blobs, stores.inputs);
    const body = Readable.from([Buffer.from(`${line}\n`)], { objectMode: false });
    const input = await files.storeUpload(body);
    const version = await activateApp(stores, 'billing', [functionWith('invoice', { type: 'queueTrigger' })]);
    const { run } = await stores.batches.createRun({
      id: newId(),
      name: 'nightly',
      appId: version.appId,
      appVersionId: version.id,
      functionName: 'invoice',
      inputDigest: input.digest,
      inputSizeBytes: input.sizeBytes,
      itemsTotal: 1,
    });
    await stores.batches.failRun(run.id, { source: 'platform', type: 'Ended', message: 'It is over.' });
    return (await stores.batches.findRun(run.id))!;
  }

  const retention = (settings = SETTINGS, store: RetentionStore = stores.retention): Retention =>
    new Retention(settings, store, stores.blobs);

  const runsLeft = async (): Promise<string[]> =>
    (await stores.batches.listRuns({ limit: 100 })).rows.map(({ id }) => id);

  const hasFile = async (run: BatchRun): Promise<boolean> =>
    (await stores.blobs.sizeBytes(run.inputDigest)) !== null;

  it('removes old runs with their files, and leaves the newest', async () => {
    const [old, older, newest] = [await endedRun('1'), await endedRun('2'), await endedRun('3')];
    await retention().removeDue();
    expect(await runsLeft()).toEqual([newest.id]);
    expect(await Promise.all([old, older, newest].map(hasFile))).toEqual([false, false, true]);
    await retention().removeDue();
    expect(await runsLeft()).toEqual([newest.id]);
  });

  it('keeps a file that a run which is kept has too', async () => {
    const old = await endedRun('same');
    const newest = await endedRun('same');
    await retention().removeDue();
    expect(await runsLeft()).toEqual([newest.id]);
    expect(await hasFile(old)).toBe(true);
  });

  it('keeps files for a while, and removes nothing when it is only to tell', async () => {
    const old = await endedRun('1');
    const newest = await endedRun('2');
    await retention({ ...SETTINGS, retentionDryRun: true }).removeDue();
    expect(await runsLeft()).toEqual([newest.id, old.id]);
    await retention({ ...SETTINGS, unusedFileDays: 1 }).removeDue();
    expect(await runsLeft()).toEqual([newest.id]);
    expect(await hasFile(old)).toBe(true);
  });

  /** Does the first `calls` calls that change something, then throws at each, as a process does nothing any more that was killed. */
  function dyingAfter(calls: number): RetentionStore {
    let left = calls;
    const changing = new Set(['beginRemoval', 'removeSome', 'claimUnusedFiles', 'forgetFile']);
    return new Proxy(stores.retention, {
      get(target, name: keyof RetentionStore) {
        const method = target[name] as (...given: unknown[]) => unknown;
        return (...given: unknown[]) => {
          if (changing.has(name) && left-- <= 0) throw new Error('killed');
          return method.apply(target, given);
        };
      },
    });
  }

  it('leaves nothing half-done after a kill at any place', async () => {
    let deaths = 0;
    for (let calls = 0; ; calls += 1) {
      const old = await endedRun(`old ${calls}`);
      const newest = await endedRun(`newest ${calls}`);
      const died = await retention(SETTINGS, dyingAfter(calls))
        .removeDue()
        .then(
          () => false,
          () => true,
        );
      // A run is there whole, or not at all.
      const left = await runsLeft();
      if (left.includes(old.id)) expect(await hasFile(old)).toBe(true);
      // A file whose removal was begun is looked for again once its remover must be dead; here that is a new note of it.
      if (await hasFile(old)) await stores.inputs.noteFile({ digest: old.inputDigest, sizeBytes: 1 });
      await retention().removeDue();
      expect(await runsLeft()).toEqual([newest.id]);
      expect(await hasFile(old)).toBe(false);
      expect(await stores.retention.listRemovals(10)).toEqual([]);
      if (!died) break;
      deaths += 1;
    }
    expect(deaths).toBeGreaterThan(3);
  });

  it('lets several do the same at once', async () => {
    for (let made = 0; made < 10; made += 1) await endedRun(`line ${made}`);
    const newest = await endedRun('newest');
    await Promise.all([retention().removeDue(), retention().removeDue(), retention().removeDue()]);
    expect(await runsLeft()).toEqual([newest.id]);
    const blobs = (await readdir(`${stores.folder}/blobs`, { recursive: true })).filter((name) =>
      /[0-9a-f]{64}$/.test(name),
    );
    expect(blobs).toHaveLength(1);
  });

  it('leaves a file that somebody stores again in the same moment', async () => {
    const old = await endedRun('again');
    await endedRun('newest');
    const path = await stores.blobs.localPath(old.inputDigest);
    const yesterday = new Date(Date.now() - 2 * 86_400_000);
    await utimes(path, yesterday, yesterday);
    const touching = new Proxy(stores.retention, {
      get: (target, name: keyof RetentionStore) =>
        name === 'claimUnusedFiles'
          ? async () => {
              await stores.blobs.touch(old.inputDigest);
              return [old.inputDigest];
            }
          : (target[name] as (...given: unknown[]) => unknown).bind(target),
    });
    await retention({ ...SETTINGS, unusedFileDays: 1 }, touching).removeDue();
    expect(await hasFile(old)).toBe(true);
  });
});
