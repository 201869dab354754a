import { describe, expect, it } from '@jest/globals';
import { InvalidInputError } from '#shared/domain/errors.js';
import { newId } from '#shared/domain/ids.js';
import { fenceOf } from '#shared/domain/invocation.js';
import type { InvocationRecord } from '#shared/store/invocation-store.js';
import type { Stores } from '#shared/store/kysely/open-stores.js';
import type { StoresUnderTest } from './database-under-test.js';
import { activeApp, newInvocation, outcomeOf, QUEUE_INPUT, SAMPLE_TIME } from './samples.js';

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

    it('lists newest first, a page at a time, without payloads', async () => {
      const app = await activeApp(stores.one);
      const invocations = Array.from({ length: 5 }, () => newInvocation(app));
      await stores.one.invocations.accept(invocations);
      const newestFirst = invocations.map((invocation) => invocation.id).reverse();
      const filter = { appName: app.appName };
      const first = await stores.one.invocations.list(filter, { limit: 2 });
      expect(first.rows.map((row) => row.id)).toEqual(newestFirst.slice(0, 2));
      expect(first.rows.every((row) => row.input === null && row.output === null)).toBe(true);
      expect(first.next).toBe(newestFirst[1]);
      const second = await stores.one.invocations.list(filter, { limit: 3, after: first.next });
      expect(second.rows.map((row) => row.id)).toEqual(newestFirst.slice(2));
      expect(second.next).toBeUndefined();
      for (const limit of [0, 1001, 1.5]) {
        await expect(stores.one.invocations.list(filter, { limit })).rejects.toThrow(InvalidInputError);
      }
    });

    it('filters a list by app, function and state', async () => {
      const app = await activeApp(stores.one);
      const [alpha, zeta, failed] = [
        newInvocation(app),
        newInvocation(app, { functionName: 'zeta' }),
        newInvocation(app),
      ];
      await stores.one.invocations.accept([alpha, zeta]);
      await stores.one.invocations.recordOutcomes([
        outcomeOf(zeta, 1001),
        outcomeOf(failed, 1, { state: 'failed', output: undefined }),
      ]);
      const ids = async (filter: Parameters<Stores['invocations']['list']>[0]) => {
        const { rows } = await stores.other.invocations.list(
          { appName: app.appName, ...filter },
          { limit: 10 },
        );
        return rows.map((row) => row.id);
      };
      expect(await ids({})).toEqual([failed.id, zeta.id, alpha.id]);
      expect(await ids({ functionName: 'alpha' })).toEqual([failed.id, alpha.id]);
      expect(await ids({ state: 'failed' })).toEqual([failed.id]);
      expect(await ids({ state: 'succeeded' })).toEqual([zeta.id]);
      expect(await ids({ state: 'queued', functionName: 'zeta' })).toEqual([]);
      expect(await ids({ appName: `no-${newId()}` })).toEqual([]);
      const everywhere = await stores.one.invocations.list({ state: 'failed' }, { limit: 1 });
      expect(everywhere.rows.map((row) => row.id)).toEqual([failed.id]);
    });
  });
}

/** The outcomes of `InvocationStore`. */
export function describeOutcomes(stores: StoresUnderTest): void {
  describe('InvocationStore, outcomes', () => {
    it('commits the outcome of a promise, whole, with its logs in their order', async () => {
      const invocation = newInvocation(await activeApp(stores.one));
      await stores.one.invocations.accept([invocation]);
      const outcome = outcomeOf(invocation, 1001, {
        state: 'failed',
        output: { returnValue: null, outputs: { copy: ['ä', '', { deep: [1.5, true] }] } },
        failure: {
          source: 'function',
          type: 'TypeError',
          message: 'x is not a function',
          stack: 'at y\nat z',
        },
        attempts: [
          {
            number: 1,
            startedAt: SAMPLE_TIME,
            durationMs: 1.25,
            failure: { source: 'platform', type: 'ProcessExited', message: 'code 137' },
          },
          { number: 2, startedAt: SAMPLE_TIME, durationMs: 3 },
        ],
        logs: [
          { loggedAt: SAMPLE_TIME, level: 'warning', category: 'user', message: 'first “line”\nwith two' },
          { loggedAt: SAMPLE_TIME, level: 'error', category: 'stderr', message: '' },
          { loggedAt: new Date(0), level: 'information', category: 'system', message: 'last' },
        ],
        logsTruncated: true,
        coldStart: true,
      });
      expect(await stores.one.invocations.recordOutcomes([outcome])).toEqual({ refusedIds: [] });
      const record = await found(stores.other, invocation.id);
      expect(record).toMatchObject({
        state: 'failed',
        input: invocation.input,
        output: outcome.output,
        failure: outcome.failure,
        logsTruncated: true,
        machineId: outcome.machineId,
        coldStart: true,
        startedAt: outcome.startedAt,
        endedAt: outcome.endedAt,
      });
      expect(record.attempts).toEqual(outcome.attempts);
      expect(await stores.other.invocations.logs(invocation.id)).toEqual(outcome.logs);
      expect(await stores.one.invocations.recordOutcomes([])).toEqual({ refusedIds: [] });
    });

    it('makes a row for an outcome that had none', async () => {
      const app = await activeApp(stores.one);
      const invocation = newInvocation(app, { trigger: 'http', traceParent: 'trace' });
      const outcome = outcomeOf(invocation, 1, {
        logs: [{ loggedAt: SAMPLE_TIME, level: 'information', category: 'user', message: 'hello' }],
      });
      expect(await stores.one.invocations.recordOutcomes([outcome])).toEqual({ refusedIds: [] });
      expect(await found(stores.one, invocation.id)).toMatchObject({
        appName: app.appName,
        state: 'succeeded',
        trigger: 'http',
        input: QUEUE_INPUT,
        output: outcome.output,
        acceptedAt: outcome.acceptedAt,
        traceParent: 'trace',
      });
      expect(await stores.one.invocations.logs(invocation.id)).toEqual(outcome.logs);
      expect(await stores.one.invocations.logs(newId())).toEqual([]);
    });

    it('takes the same outcome twice as one, and does not call it refused', async () => {
      const app = await activeApp(stores.one);
      const [promised, bare] = [newInvocation(app), newInvocation(app)];
      await stores.one.invocations.accept([promised]);
      const line = {
        loggedAt: SAMPLE_TIME,
        level: 'information',
        category: 'user',
        message: 'once',
      } as const;
      const outcomes = [outcomeOf(promised, 1001, { logs: [line] }), outcomeOf(bare, 1, { logs: [line] })];
      for (let time = 0; time < 2; time++) {
        expect(await stores.one.invocations.recordOutcomes([...outcomes, ...outcomes])).toEqual({
          refusedIds: [],
        });
      }
      expect(await stores.one.invocations.logs(promised.id)).toEqual([line]);
      expect(await stores.one.invocations.logs(bare.id)).toEqual([line]);
    });

    it('refuses the outcome of an attempt that a newer claim has overtaken, and writes nothing of it', async () => {
      const invocation = newInvocation(await activeApp(stores.one));
      await stores.one.invocations.accept([invocation]);
      await stores.one.invocations.claim(invocation.id, 1002);
      const line = {
        loggedAt: SAMPLE_TIME,
        level: 'information',
        category: 'user',
        message: 'late',
      } as const;
      const late = outcomeOf(invocation, 1001, { logs: [line] });
      expect(await stores.other.invocations.recordOutcomes([late])).toEqual({ refusedIds: [invocation.id] });
      expect((await found(stores.one, invocation.id)).state).toBe('queued');
      expect(await stores.other.invocations.recordOutcomes([outcomeOf(invocation, 1002)])).toEqual({
        refusedIds: [],
      });
      expect(await stores.other.invocations.recordOutcomes([late])).toEqual({ refusedIds: [invocation.id] });
      expect((await found(stores.one, invocation.id)).output).toEqual({ returnValue: { fence: 1002 } });
      expect(await stores.one.invocations.logs(invocation.id)).toEqual([]);
    });

    it('refuses a second outcome of a promise, of a newer attempt too', async () => {
      const invocation = newInvocation(await activeApp(stores.one));
      await stores.one.invocations.accept([invocation]);
      await stores.one.invocations.recordOutcomes([outcomeOf(invocation, 1001)]);
      const second = outcomeOf(invocation, 2001, { state: 'failed' });
      expect(await stores.one.invocations.recordOutcomes([second])).toEqual({ refusedIds: [invocation.id] });
      expect((await found(stores.one, invocation.id)).state).toBe('succeeded');
    });

    it('keeps the largest fence of several attempts at what was not promised, in whatever order they come', async () => {
      const app = await activeApp(stores.one);
      const line = (message: string) =>
        ({ loggedAt: SAMPLE_TIME, level: 'information', category: 'user', message }) as const;
      for (const order of [
        [1, 2, 3],
        [3, 2, 1],
        [2, 3, 1],
      ]) {
        const invocation = newInvocation(app);
        for (const fence of order) {
          const logs = [line(`${fence}`), ...(fence < 3 ? [line('more')] : [])];
          await stores.one.invocations.recordOutcomes([outcomeOf(invocation, fence, { logs })]);
        }
        expect((await found(stores.one, invocation.id)).output).toEqual({ returnValue: { fence: 3 } });
        expect(await stores.one.invocations.logs(invocation.id)).toEqual([line('3')]);
      }
    });

    it('keeps the largest fence of several attempts within one call, and refuses the others', async () => {
      const app = await activeApp(stores.one);
      const [a, b] = [newInvocation(app), newInvocation(app)];
      const outcomes = [outcomeOf(a, 2), outcomeOf(a, 1), outcomeOf(b, 1), outcomeOf(b, 2)];
      const { refusedIds } = await stores.one.invocations.recordOutcomes(outcomes);
      expect([...refusedIds].sort()).toEqual([a.id, b.id].sort());
      for (const { id } of [a, b]) {
        expect((await found(stores.one, id)).output).toEqual({ returnValue: { fence: 2 } });
      }
    });

    it('commits one outcome when several workers record at the same time', async () => {
      const app = await activeApp(stores.one);
      const invocations = Array.from({ length: 20 }, () => newInvocation(app));
      await stores.one.invocations.accept(invocations);
      await Promise.all(
        [1001, 1002, 1003, 1004].map((fence, index) =>
          (index % 2 ? stores.one : stores.other).invocations.recordOutcomes(
            invocations.map((invocation) => outcomeOf(invocation, fence)),
          ),
        ),
      );
      for (const { id } of invocations) {
        const { state, output } = await found(stores.one, id);
        expect(state).toBe('succeeded');
        expect([1001, 1002, 1003, 1004]).toContain((output?.returnValue as { fence: number }).fence);
      }
    });

    it('commits promised and other outcomes of one call, and refuses only those that are late', async () => {
      const app = await activeApp(stores.one);
      const promised = Array.from({ length: 150 }, () => newInvocation(app));
      const bare = Array.from({ length: 150 }, () => newInvocation(app));
      await stores.one.invocations.accept(promised);
      const late = promised.filter((_, index) => index % 10 === 0);
      for (const { id } of late) await stores.one.invocations.claim(id, 9000);
      const { refusedIds } = await stores.one.invocations.recordOutcomes(
        [...promised, ...bare].map((invocation, index) => outcomeOf(invocation, index < 150 ? 1001 : 1)),
      );
      expect([...refusedIds].sort()).toEqual(late.map(({ id }) => id).sort());
      const { rows } = await stores.one.invocations.list(
        { appName: app.appName, state: 'succeeded' },
        { limit: 1000 },
      );
      expect(rows).toHaveLength(300 - late.length);
    });

    it('writes all of a call or nothing', async () => {
      const app = await activeApp(stores.one);
      const [promised, bare, bad] = [newInvocation(app), newInvocation(app), newInvocation(app)];
      await stores.one.invocations.accept([promised]);
      const line = { loggedAt: SAMPLE_TIME, level: 'information', category: 'user', message: 'x' } as const;
      const broken = outcomeOf(bad, 1, { logs: [line, { ...line, message: null as unknown as string }] });
      const recording = stores.one.invocations.recordOutcomes([
        outcomeOf(promised, 1001),
        outcomeOf(bare, 1),
        broken,
      ]);
      await expect(recording).rejects.toThrow();
      expect((await found(stores.one, promised.id)).state).toBe('queued');
      expect(await stores.one.invocations.find(bare.id)).toBeNull();
      expect(await stores.one.invocations.find(bad.id)).toBeNull();
    });

    it('cuts what is too long, with a flag, unless the invocation was promised', async () => {
      const app = await activeApp(stores.one);
      // Over the limit in bytes, not in characters.
      const long = 'é'.repeat(40_000);
      const [promised, longInput, longOutput] = [
        newInvocation(app, { input: { kind: 'queue', message: long } }),
        newInvocation(app, { input: { kind: 'queue', message: long } }),
        newInvocation(app),
      ];
      await stores.one.invocations.accept([promised]);
      await stores.one.invocations.recordOutcomes([
        outcomeOf(promised, 1001, { output: { returnValue: long } }),
        outcomeOf(longInput, 1),
        outcomeOf(longOutput, 1, { output: { returnValue: long } }),
      ]);
      expect(await found(stores.one, promised.id)).toMatchObject({
        input: promised.input,
        output: { returnValue: long },
        inputTruncated: false,
        outputTruncated: false,
      });
      expect(await found(stores.one, longInput.id)).toMatchObject({
        input: null,
        output: { returnValue: { fence: 1 } },
        inputTruncated: true,
        outputTruncated: false,
      });
      expect(await found(stores.one, longOutput.id)).toMatchObject({
        input: QUEUE_INPUT,
        output: null,
        inputTruncated: false,
        outputTruncated: true,
      });
    });
  });
}
