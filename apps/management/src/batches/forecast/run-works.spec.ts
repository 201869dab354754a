import { describe, expect, it } from '@jest/globals';
import type { BatchRun } from '#shared/domain/batch.js';
import { runWorks, type OpenRunFacts } from './run-works.js';

const NOW = Date.parse('2026-11-30T22:00:00Z');
const time = { mean: 2, spread: 0, quantile: () => 2 };
const RUN = {
  state: 'running',
  inputState: 'ready',
  itemsTotal: 100,
  priority: 0,
  notBefore: null,
  plannedAt: null,
  windowEndsAt: null,
  settings: null,
} as Partial<BatchRun>;

function facts(id: string, run: Partial<BatchRun> = {}, more: Partial<OpenRunFacts> = {}): OpenRunFacts {
  return { run: { ...RUN, ...run, id } as BatchRun, pool: 'default', itemsDone: 40, time, ...more };
}

const workOf = (one: OpenRunFacts, ...others: OpenRunFacts[]) =>
  runWorks([one, ...others], NOW).get(one.run.id);

describe('runWorks', () => {
  it('has what is left of a run, and nothing else where it is alone', () => {
    expect(workOf(facts('one'))).toEqual({
      unknown: null,
      work: {
        itemsLeft: 60,
        time,
        beginsAtMs: 0,
        windowEndsAtMs: null,
        workBefore: 0,
        workBeside: [],
        mostAtOnce: Infinity,
      },
    });
  });

  it('has runs of a higher priority before it, and those of its own beside it', () => {
    const higher = facts('higher', { priority: 5 });
    const same = facts('same', { itemsTotal: 50 });
    const lower = facts('lower', { priority: -1 });
    const work = workOf(facts('one'), higher, same, lower)?.work;
    expect(work).toMatchObject({ workBefore: 120, workBeside: [20] });
  });

  it.each<[string, OpenRunFacts]>([
    ['of another pool', facts('other', {}, { pool: 'servers' })],
    ['whose time has not come', facts('other', { notBefore: new Date(NOW + 1) })],
    ['that waits for others', facts('other', { state: 'scheduled' })],
    ['of which nothing is known', facts('other', {}, { time: null })],
  ])('counts nothing of a run %s', (_which, other) => {
    const work = workOf(facts('one'), other)?.work;
    expect((work?.workBeside ?? []).reduce((sum, one) => sum + one, 0)).toBe(0);
  });

  it.each<[string, OpenRunFacts, string]>([
    ['it waits for what nobody knows', facts('one', { state: 'scheduled' }), 'notBegun'],
    ['its input is being made', facts('one', { inputState: 'making' }), 'inputNotMade'],
    ['its items were never measured', facts('one', {}, { time: null }), 'noItemTimes'],
  ])('is not known where %s', (_why, one, unknown) => {
    expect(workOf(one)).toEqual({ work: null, unknown });
  });

  it('knows when it begins', () => {
    const plannedAt = new Date(NOW + 5000);
    expect(workOf(facts('one', { state: 'scheduled', plannedAt }))?.work?.beginsAtMs).toBe(NOW + 5000);
    expect(workOf(facts('one', { plannedAt }))?.work?.beginsAtMs).toBe(0);
    expect(workOf(facts('one', { notBefore: plannedAt }))?.work?.beginsAtMs).toBe(NOW + 5000);
  });

  it('is held back by its limits, the narrowest first', () => {
    const limited = (settings: object) => facts('one', { settings: settings as BatchRun['settings'] });
    const mostOf = (one: OpenRunFacts, ...others: OpenRunFacts[]) => workOf(one, ...others)?.work?.mostAtOnce;
    expect(mostOf(limited({ concurrencyLimit: { run: 7 } }))).toBe(7);
    expect(mostOf(limited({ concurrencyLimit: { run: 7 }, rateLimit: { itemsPerSecond: 3 } }))).toBe(6);
    const keyed = { concurrencyLimit: { key: { name: 'erp', limit: 8 } } };
    expect(mostOf(limited(keyed))).toBe(8);
    expect(mostOf(limited(keyed), facts('two', { settings: keyed as BatchRun['settings'] }))).toBe(4);
  });
});
