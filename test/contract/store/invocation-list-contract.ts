import { describe, expect, it } from '@jest/globals';
import { InvalidInputError } from '#shared/domain/errors.js';
import { newId } from '#shared/domain/ids.js';
import type { Stores } from '#shared/store/kysely/open-stores.js';
import type { StoresUnderTest } from './database-under-test.js';
import { activeApp, newInvocation, outcomeOf } from './samples.js';

/** The lists of `InvocationStore`. */
export function describeInvocationLists(stores: StoresUnderTest): void {
  describe('InvocationStore, lists', () => {
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
