import { describe, expect, it } from '@jest/globals';
import { InvalidInputError } from '#shared/domain/errors.js';
import { newId } from '#shared/domain/ids.js';
import { fenceOf } from '#shared/domain/invocation.js';
import type { InvocationRecord } from '#shared/store/invocation-store.js';
import type { Stores } from '#shared/store/kysely/open-stores.js';
import type { StoresUnderTest } from './database-under-test.js';
import { activeApp, newInvocation, outcomeOf, QUEUE_INPUT } from './samples.js';

async function found(stores: Stores, id: string): Promise<InvocationRecord> {
  const record = await stores.invocations.find(id);
  if (!record) throw new Error('There is no such invocation');
  return record;
}

/** Promises of `InvocationStore`: accept, claim, dispatch, abandon. */
export function describePromises(stores: StoresUnderTest): void {
  describe('InvocationStore, promises', () => {
    it('writes a promise that can be found and waits', async () => {
      const app = await activeApp(stores.one);
      const invocation = newInvocation(app, { traceParent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01` });
      const before = await stores.one.store.now();
      expect(await stores.one.invocations.accept([invocation])).toEqual([{ id: invocation.id, isNew: true }]);
      const record = await found(stores.other, invocation.id);
      expect(record).toEqual({
        id: invocation.id,
        appId: app.appId,
        appName: app.appName,
        appVersionId: app.id,
        functionName: 'alpha',
        trigger: 'queue',
        state: 'queued',
        input: QUEUE_INPUT,
        output: null,
        failure: null,
        attempts: [],
        inputTruncated: false,
        outputTruncated: false,
        logsTruncated: false,
        machineId: null,
        coldStart: false,
        acceptedAt: expect.any(Date),
        startedAt: null,
        endedAt: null,
        traceParent: invocation.traceParent,
      });
      expect(record.acceptedAt.getTime()).toBeGreaterThanOrEqual(before.getTime());
      expect(await stores.one.invocations.find(newId())).toBeNull();
      expect(await stores.one.invocations.accept([])).toEqual([]);
    });

    it('writes the same id once', async () => {
      const invocation = newInvocation(await activeApp(stores.one));
      const answers = await Promise.all(
        Array.from({ length: 6 }, (_, index) =>
          (index % 2 ? stores.one : stores.other).invocations.accept([invocation, invocation]),
        ),
      );
      expect(answers.flat().filter((answer) => answer.isNew)).toHaveLength(1);
      expect(answers.flat().every((answer) => answer.id === invocation.id)).toBe(true);
    });

    it('makes one invocation of an idempotency key, whoever comes with it at the same time', async () => {
      const app = await activeApp(stores.one);
      const sameKey = () => newInvocation(app, { idempotencyKey: 'order-77' });
      const answers = await Promise.all(
        Array.from({ length: 6 }, (_, index) =>
          (index % 2 ? stores.one : stores.other).invocations.accept([sameKey()]),
        ),
      );
      expect(answers.flat().filter((answer) => answer.isNew)).toHaveLength(1);
      expect(new Set(answers.flat().map((answer) => answer.id)).size).toBe(1);
      const { rows } = await stores.one.invocations.list({ appName: app.appName }, { limit: 10 });
      expect(rows).toHaveLength(1);
    });

    it('answers in the order given, and tells keys apart by app, function and case', async () => {
      const app = await activeApp(stores.one);
      const another = await activeApp(stores.one);
      const key = { idempotencyKey: 'k' };
      const earlier = newInvocation(app, key);
      await stores.one.invocations.accept([earlier]);
      const invocations = [
        newInvocation(app, key),
        newInvocation(app, { idempotencyKey: 'K' }),
        newInvocation(app, { ...key, functionName: 'zeta' }),
        newInvocation(another, key),
        newInvocation(another, key),
        newInvocation(app),
      ];
      const ids = invocations.map((invocation) => invocation.id);
      expect(await stores.one.invocations.accept(invocations)).toEqual([
        { id: earlier.id, isNew: false },
        { id: ids[1], isNew: true },
        { id: ids[2], isNew: true },
        { id: ids[3], isNew: true },
        { id: ids[3], isNew: false },
        { id: ids[5], isNew: true },
      ]);
    });

    it('accepts many at once', async () => {
      const app = await activeApp(stores.one);
      const invocations = Array.from({ length: 1234 }, () => newInvocation(app));
      const accepted = await stores.one.invocations.accept(invocations);
      expect(accepted).toEqual(invocations.map(({ id }) => ({ id, isNew: true })));
      expect(await stores.one.invocations.accept(invocations)).toEqual(
        invocations.map(({ id }) => ({ id, isNew: false })),
      );
      // Ended, so that they don't fill other tests' lists.
      const outcomes = invocations.map((invocation) => outcomeOf(invocation, 1001));
      expect(await stores.one.invocations.recordOutcomes(outcomes)).toEqual({ refusedIds: [] });
    });

    it('refuses an idempotency key that is empty or too long', async () => {
      const app = await activeApp(stores.one);
      for (const idempotencyKey of ['', 'x'.repeat(256)]) {
        const accepting = stores.one.invocations.accept([newInvocation(app, { idempotencyKey })]);
        await expect(accepting).rejects.toThrow(InvalidInputError);
      }
    });

    it('accepts all or none', async () => {
      const app = await activeApp(stores.one);
      const good = newInvocation(app);
      const bad = newInvocation(app, { functionName: null as unknown as string });
      await expect(stores.one.invocations.accept([good, bad])).rejects.toThrow();
      expect(await stores.one.invocations.find(good.id)).toBeNull();
    });

    it('lets an attempt begin, unless a newer one has begun or the invocation is at its end', async () => {
      const invocation = newInvocation(await activeApp(stores.one));
      await stores.one.invocations.accept([invocation]);
      expect(await stores.one.invocations.claim(invocation.id, fenceOf(1, 2))).toBe(true);
      expect(await stores.other.invocations.claim(invocation.id, fenceOf(1, 1))).toBe(false);
      expect(await stores.other.invocations.claim(invocation.id, fenceOf(1, 2))).toBe(true);
      expect(await stores.other.invocations.claim(invocation.id, fenceOf(2, 1))).toBe(true);
      await stores.one.invocations.recordOutcomes([outcomeOf(invocation, fenceOf(2, 1))]);
      expect(await stores.other.invocations.claim(invocation.id, fenceOf(3, 1))).toBe(false);
      expect(await stores.other.invocations.claim(newId(), fenceOf(1, 1))).toBe(false);
    });

    it('lists what is unfinished, the oldest dispatch first, with all that a queue needs', async () => {
      const app = await activeApp(stores.one);
      const [first, second, ended] = [
        newInvocation(app),
        newInvocation(app, { idempotencyKey: 'q' }),
        newInvocation(app),
      ];
      for (const invocation of [first, second, ended]) {
        await stores.one.invocations.accept([invocation]);
        await new Promise((resolve) => setTimeout(resolve, 3));
      }
      await stores.one.invocations.recordOutcomes([outcomeOf(ended, 1001)]);
      const ours = async () =>
        (await stores.other.invocations.listUnfinished(0, 1000)).filter((one) => one.appId === app.appId);
      expect(await ours()).toEqual([
        {
          ...first,
          idempotencyKey: undefined,
          traceParent: undefined,
          dispatchCount: 1,
          acceptedAt: expect.any(Date),
        },
        { ...second, traceParent: undefined, dispatchCount: 1, acceptedAt: expect.any(Date) },
      ]);
      expect((await stores.one.invocations.listUnfinished(3600, 1000)).map((one) => one.id)).not.toContain(
        first.id,
      );
      expect(await stores.one.invocations.redispatch(first.id, 1)).toBe(true);
      expect((await ours()).map((one) => [one.id, one.dispatchCount])).toEqual([
        [second.id, 1],
        [first.id, 2],
      ]);
      expect(await stores.one.invocations.listUnfinished(0, 1)).toHaveLength(1);
    });

    it('counts a dispatch once, and none of what has ended', async () => {
      const invocation = newInvocation(await activeApp(stores.one));
      await stores.one.invocations.accept([invocation]);
      const counted = await Promise.all(
        Array.from({ length: 6 }, (_, index) =>
          (index % 2 ? stores.one : stores.other).invocations.redispatch(invocation.id, 1),
        ),
      );
      expect(counted.filter(Boolean)).toHaveLength(1);
      await stores.one.invocations.recordOutcomes([outcomeOf(invocation, fenceOf(2, 1))]);
      expect(await stores.one.invocations.redispatch(invocation.id, 2)).toBe(false);
    });

    it('abandons a promise, whose later outcome is refused', async () => {
      const invocation = newInvocation(await activeApp(stores.one));
      await stores.one.invocations.accept([invocation]);
      await stores.one.invocations.claim(invocation.id, 1001);
      expect(await stores.one.invocations.abandon(invocation.id, 'It was tried five times.')).toBe(true);
      expect(await stores.one.invocations.abandon(invocation.id, 'Again.')).toBe(false);
      const result = await stores.one.invocations.recordOutcomes([outcomeOf(invocation, 1001)]);
      expect(result.refusedIds).toEqual([invocation.id]);
      const record = await found(stores.one, invocation.id);
      expect(record).toMatchObject({
        state: 'abandoned',
        failure: { source: 'platform', message: 'It was tried five times.' },
        output: null,
      });
      expect(record.endedAt).toBeInstanceOf(Date);
      const ended = newInvocation(await activeApp(stores.one));
      await stores.one.invocations.accept([ended]);
      await stores.one.invocations.recordOutcomes([outcomeOf(ended, 1001)]);
      expect(await stores.one.invocations.abandon(ended.id, 'Too late.')).toBe(false);
    });
  });
}
