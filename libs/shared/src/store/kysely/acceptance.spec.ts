import { describe, expect, it } from '@jest/globals';
import type { NewInvocation } from '../invocation-store.js';
import { planAcceptance } from './acceptance.js';

function invocation(id: string, idempotencyKey?: string): NewInvocation {
  return {
    id,
    appId: 'app',
    appVersionId: 'version',
    functionName: 'f',
    trigger: 'http',
    input: { kind: 'queue', message: '' },
    idempotencyKey,
  };
}

const NOTHING = { ids: new Set<string>(), byKey: new Map<string, string>() };

describe('planAcceptance', () => {
  it('takes all when nothing is known', () => {
    const plan = planAcceptance([invocation('a'), invocation('b', 'k')], NOTHING);
    expect(plan.accepted).toEqual([
      { id: 'a', isNew: true },
      { id: 'b', isNew: true },
    ]);
    expect(plan.fresh.map(({ id }) => id)).toEqual(['a', 'b']);
  });

  it('answers a known key with the earlier id, and a known id with itself', () => {
    const known = { ids: new Set(['a']), byKey: new Map([['app f k', 'earlier']]) };
    const plan = planAcceptance([invocation('a'), invocation('b', 'k')], known);
    expect(plan.accepted).toEqual([
      { id: 'a', isNew: false },
      { id: 'earlier', isNew: false },
    ]);
    expect(plan.fresh).toEqual([]);
  });

  it('makes one of what comes twice in a call, and leaves what is known as it was', () => {
    const plan = planAcceptance(
      [invocation('a', 'k'), invocation('b', 'k'), invocation('c'), invocation('c')],
      NOTHING,
    );
    expect(plan.accepted.map(({ id, isNew }) => `${id} ${isNew}`)).toEqual([
      'a true',
      'a false',
      'c true',
      'c false',
    ]);
    expect(plan.fresh.map(({ id }) => id)).toEqual(['a', 'c']);
    expect(NOTHING.ids.size + NOTHING.byKey.size).toBe(0);
  });
});
