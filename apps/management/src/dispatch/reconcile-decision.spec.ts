import { describe, expect, it } from '@jest/globals';
import { decideReconcile, nextPhase, roundDelayMs } from './reconcile-decision.js';
import type { ReconcileAction, ReconcilePhase, SilentWork } from './reconcile-decision.js';

const MAX_DISPATCHES = 5;

const lost = (change: Partial<SilentWork> = {}): SilentWork => ({
  known: false,
  dispatchCount: 1,
  unwanted: false,
  ...change,
});

describe('decideReconcile', () => {
  const cases: [string, SilentWork, ReconcileAction][] = [
    ['leaves what the queue knows', lost({ known: true }), 'leave'],
    [
      'leaves what the queue knows however often it was dispatched',
      lost({ known: true, dispatchCount: 9 }),
      'leave',
    ],
    ['leaves what the queue knows even if nobody wants it', lost({ known: true, unwanted: true }), 'leave'],
    ['puts back what was lost once', lost(), 'redispatch'],
    ['puts back what was lost for the last time but one', lost({ dispatchCount: 4 }), 'redispatch'],
    ['gives up what was lost as often as it may be dispatched', lost({ dispatchCount: 5 }), 'abandon'],
    ['gives up what was dispatched under a higher limit', lost({ dispatchCount: 40 }), 'abandon'],
    ['cancels what was lost and is not wanted', lost({ unwanted: true }), 'cancel'],
    ['cancels rather than gives up', lost({ unwanted: true, dispatchCount: 5 }), 'cancel'],
  ];

  it.each(cases)('%s', (_, work, action) => {
    expect(decideReconcile(work, MAX_DISPATCHES)).toBe(action);
  });

  it('dispatches once and no more when the limit is 1', () => {
    expect(decideReconcile(lost(), 1)).toBe('abandon');
  });
});

describe('nextPhase', () => {
  const cases: [ReconcilePhase, boolean, ReconcilePhase][] = [
    ['steady', true, 'steady'],
    ['steady', false, 'outage'],
    ['outage', false, 'outage'],
    ['outage', true, 'settling'],
    ['settling', true, 'steady'],
    ['settling', false, 'outage'],
  ];

  it.each(cases)('goes from %s, round through: %s, to %s', (phase, wentThrough, expected) => {
    expect(nextPhase(phase, wentThrough)).toBe(expected);
  });
});

describe('roundDelayMs', () => {
  const settings = { reconcileIntervalSeconds: 60, reconcileSilentSeconds: 5 };

  it('keeps to the interval while all is well', () => {
    expect(roundDelayMs('steady', settings)).toBe(60_000);
  });

  it('probes each second in an outage', () => {
    expect(roundDelayMs('outage', settings)).toBe(1000);
  });

  it('looks again after an outage once its last work is old enough', () => {
    expect(roundDelayMs('settling', settings)).toBe(6000);
  });

  it('never waits for longer than the interval', () => {
    const silentForLong = { reconcileIntervalSeconds: 10, reconcileSilentSeconds: 90 };
    expect(roundDelayMs('settling', silentForLong)).toBe(10_000);
  });
});
