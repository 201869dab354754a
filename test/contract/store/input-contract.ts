import { describe, expect, it } from '@jest/globals';
import type { BatchRun } from '#shared/domain/batch.js';
import { newId } from '#shared/domain/ids.js';
import type { NewBatchRun } from '#shared/store/batch-store.js';
import type { ClaimedInput } from '#shared/store/input-store.js';
import type { Stores } from '#shared/store/kysely/open-stores.js';
import type { StoresUnderTest } from './database-under-test.js';
import { activeApp, newRun } from './samples.js';

const WANTED = { inputState: 'wanted', inputDigest: '', inputSizeBytes: 0, itemsTotal: 0 } as const;
const MADE = { digest: 'ef'.repeat(32), sizeBytes: 5000, itemsTotal: 40 };

async function wanting(stores: Stores, more: Partial<NewBatchRun> = {}): Promise<BatchRun> {
  return (await stores.batches.createRun(newRun(await activeApp(stores), 0, { ...WANTED, ...more }))).run;
}

/** Claims until it is this run's turn: others of the suite may wait too. Null when all were claimed without it. */
async function claimOf(stores: Stores, runId: string, leaseSeconds = 60): Promise<ClaimedInput | null> {
  for (;;) {
    const claimed = await stores.inputs.claim(leaseSeconds);
    if (!claimed || claimed.run.id === runId) return claimed;
  }
}

/** `InputStore`. */
export function describeInputs(stores: StoresUnderTest): void {
  describe('InputStore', () => {
    it('gives an input to one instance, which makes it', async () => {
      const run = await wanting(stores.one);
      const claims = await Promise.all([claimOf(stores.one, run.id), claimOf(stores.other, run.id)]);
      const [claimed, ...others] = claims.filter((claim) => claim !== null);
      expect(others).toEqual([]);
      expect(claimed).toMatchObject({ attempt: 1, run: { id: run.id, inputState: 'making' } });
      expect(await stores.one.inputs.renew(claimed!, 60, 17)).toBe(true);
      expect(await stores.other.batches.findRun(run.id)).toMatchObject({ itemsTotal: 17, inputDigest: '' });
      expect(await stores.one.inputs.finish(claimed!, MADE)).toBe(true);
      expect(await stores.other.batches.findRun(run.id)).toMatchObject({
        state: 'waiting',
        inputState: 'ready',
        inputDigest: MADE.digest,
        inputSizeBytes: 5000,
        itemsTotal: 40,
      });
      expect(await stores.one.inputs.renew(claimed!, 60, 40)).toBe(false);
      expect(await stores.one.inputs.finish(claimed!, MADE)).toBe(false);
      expect(await claimOf(stores.one, run.id)).toBeNull();
    });

    it('gives it to another one when the lease has ended, and refuses the first', async () => {
      const run = await wanting(stores.one);
      const dead = (await claimOf(stores.one, run.id, -1))!;
      const heir = await claimOf(stores.other, run.id);
      expect(heir).toMatchObject({ attempt: 2 });
      expect(await stores.one.inputs.renew(dead, 60, 5)).toBe(false);
      expect(await stores.one.inputs.finish(dead, { ...MADE, digest: '0'.repeat(64) })).toBe(false);
      await stores.one.inputs.release(dead);
      expect(await claimOf(stores.one, run.id)).toBeNull();
      expect(await stores.other.inputs.finish(heir!, MADE)).toBe(true);
    });

    it('gives it on at once when it is released', async () => {
      const run = await wanting(stores.one);
      await stores.one.inputs.release((await claimOf(stores.one, run.id))!);
      expect(await claimOf(stores.other, run.id)).toMatchObject({ attempt: 2 });
    });

    it('leaves runs that do not wait, or not yet', async () => {
      const scheduled = await wanting(stores.one, { state: 'scheduled' });
      const later = await wanting(stores.one, { notBefore: new Date(Date.now() + 3_600_000) });
      const earlier = await wanting(stores.one, { notBefore: new Date(Date.now() - 3_600_000) });
      const cancelled = await wanting(stores.one);
      await stores.one.batches.cancelRun(cancelled.id);
      const claimed: string[] = [];
      for (let claim = await stores.one.inputs.claim(60); claim; claim = await stores.one.inputs.claim(60))
        claimed.push(claim.run.id);
      expect(claimed).toContain(earlier.id);
      for (const run of [scheduled, later, cancelled]) expect(claimed).not.toContain(run.id);
    });

    it('stops one whose run is cancelled', async () => {
      const run = await wanting(stores.one);
      const claimed = (await claimOf(stores.one, run.id))!;
      await stores.other.batches.cancelRun(run.id);
      expect(await stores.one.inputs.renew(claimed, 60, 1)).toBe(false);
      expect(await stores.one.inputs.finish(claimed, MADE)).toBe(false);
      expect((await stores.one.batches.endRunIfDue(run.id)).state).toBe('cancelled');
    });

    it('notes a file, also twice at once', async () => {
      const file = { digest: newId(), sizeBytes: 5 };
      await Promise.all([stores.one, stores.other].map(({ inputs }) => inputs.noteFile(file)));
      expect(await stores.one.retention.listUnusedFiles(0, 1000)).toContain(file.digest);
    });
  });
}
