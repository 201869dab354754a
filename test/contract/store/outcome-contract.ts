import { describe, expect, it } from '@jest/globals';
import { newId } from '#shared/domain/ids.js';
import type { InvocationRecord } from '#shared/store/invocation-store.js';
import type { Stores } from '#shared/store/kysely/open-stores.js';
import type { StoresUnderTest } from './database-under-test.js';
import { activeApp, newInvocation, outcomeOf, QUEUE_INPUT, SAMPLE_TIME } from './samples.js';

async function found(stores: Stores, id: string): Promise<InvocationRecord> {
  const record = await stores.invocations.find(id);
  if (!record) throw new Error('There is no such invocation');
  return record;
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
