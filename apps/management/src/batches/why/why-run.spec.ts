import { describe, expect, it } from '@jest/globals';
import type { BatchRun } from '#shared/domain/batch.js';
import type { Machine } from '#shared/domain/machine.js';
import { whyRun, type WhyRunFacts } from './why-run.js';

const NOW = new Date('2026-11-30T22:00:00Z');
const LATER = new Date('2026-12-01T22:00:00Z');
const ready = { fits: true, machine: { state: 'ready', slots: 2, slotsBusy: 0, capacity: null } as Machine };
const RUN = {
  state: 'running',
  inputState: 'ready',
  waitReason: null,
  notBefore: null,
  plannedAt: null,
  settings: null,
} as Partial<BatchRun>;

function ask(run: Partial<BatchRun> = {}, more: Partial<WhyRunFacts> = {}) {
  return whyRun({
    run: { ...RUN, ...run } as BatchRun,
    now: NOW,
    openChunks: 0,
    itemsPerSecond: null,
    ahead: { runs: 0, items: 0 },
    sharingKey: 1,
    pause: null,
    pool: 'default',
    machines: [ready],
    placement: null,
    queue: { waiting: 0, active: 0 },
    ...more,
  });
}

const codes = (...question: Parameters<typeof ask>) => ask(...question).reasons.map(({ code }) => code);
const words = (...question: Parameters<typeof ask>) =>
  ask(...question)
    .reasons.map(({ message }) => message)
    .join(' ');

describe('whyRun', () => {
  it.each<[string, Partial<BatchRun>, string]>([
    ['it is being cancelled', { state: 'cancelling' }, 'CANCELLING'],
    ['its window ends', { state: 'draining' }, 'WINDOW_ENDS'],
    ['its time has not come', { state: 'scheduled', plannedAt: LATER }, 'NOT_BEFORE'],
    ['it may not begin before', { state: 'waiting', notBefore: LATER }, 'NOT_BEFORE'],
    ['the scheduler has not let it begin', { state: 'scheduled', plannedAt: NOW }, 'SCHEDULED'],
    ['its input waits', { state: 'waiting', inputState: 'wanted' }, 'INPUT_WANTED'],
    ['its input is made', { state: 'waiting', inputState: 'making' }, 'INPUT_MAKING'],
  ])('says that %s, and nothing else', (_what, run, code) => {
    expect(ask(run, { machines: [] })).toMatchObject({ isHeldUp: true, reasons: [{ code }] });
  });

  it('says that it has ended, which holds nothing up', () => {
    const answer = ask({ state: 'succeeded' }, { machines: [] });
    expect(answer).toEqual({
      isHeldUp: false,
      reasons: [{ code: 'ENDED', message: 'It has ended as succeeded.' }],
    });
  });

  it('says why it failed', () => {
    const failure = { source: 'platform', type: 'InputNotMade', message: 'No such table.' } as const;
    expect(words({ state: 'failed', failure })).toBe('It has ended as failed. InputNotMade: No such table.');
  });

  it('says what the scheduler waits for, and that the batch is paused', () => {
    const waitReason = { code: 'DEPENDENCY', message: 'It waits for "orders".' };
    const pause = { by: 'ada', note: 'ERP moves' };
    expect(words({ state: 'scheduled', waitReason }, { pause })).toBe(
      'It waits for "orders". Its batch is paused by ada: ERP moves.',
    );
  });

  it('does not take a pause for what keeps a run that has begun', () => {
    expect(codes({}, { pause: { by: 'ada', note: '' } })).toEqual(['STARTING']);
  });

  it('says that it runs, and what keeps it from running faster', () => {
    const settings = { rateLimit: { itemsPerSecond: 5 } } as BatchRun['settings'];
    const answer = ask({ settings }, { itemsPerSecond: 4.987, machines: [] });
    expect(answer.isHeldUp).toBe(false);
    expect(answer.reasons.map(({ code }) => code)).toEqual(['RUNNING', 'RATE_LIMIT']);
    expect(answer.reasons[0]?.message).toContain('4.99 items/s');
  });

  it('names machines before those that go before it, and these before its own limits', () => {
    const settings = { concurrencyLimit: { run: 4, key: { name: 'erp', limit: 9 } } } as BatchRun['settings'];
    const more = { machines: [], ahead: { runs: 3, items: 1200 }, sharingKey: 2, itemsPerSecond: 0 };
    expect(codes({ settings }, more)).toEqual([
      'NO_MACHINES',
      'PRIORITY',
      'CONCURRENCY_LIMIT',
      'CONCURRENCY_KEY',
    ]);
    expect(words({ settings }, more)).toContain(
      '3 runs with a higher priority go before it, with 1200 items left.',
    );
    expect(words({ settings }, more)).toContain('2 open runs share the key "erp"');
  });

  it('says that nothing holds it up', () => {
    expect(ask()).toMatchObject({ isHeldUp: false, reasons: [{ code: 'STARTING' }] });
    expect(ask({}, { openChunks: 1 })).toMatchObject({ isHeldUp: false, reasons: [{ code: 'AT_WORK' }] });
  });
});
