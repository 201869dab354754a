import { describe, expect, it } from '@jest/globals';
import { NOTIFIED_EVENTS, type BatchNotifications } from '../batch-definition.js';
import { dueNotifications, type EarlierEnd, failuresInARow, type NewsFacts } from './due-notifications.js';
import { targetKey, targetsOf } from './notification.js';

const ALL: BatchNotifications = { emails: ['ops@example.org'], on: NOTIFIED_EVENTS };
const SIX = new Date('2026-11-30T06:00:00Z');
const before = (...alerted: boolean[]): EarlierEnd[] =>
  alerted.map((one) => ({ state: 'failed', alerted: one }));
const ended = (run: Partial<NewsFacts['run']>, failedBefore: readonly EarlierEnd[] = []): NewsFacts => ({
  run: { state: 'succeeded', cause: 'schedule', deadlineAt: null, endedAt: SIX, ...run },
  news: { kind: 'ended' },
  failedBefore,
});

describe('dueNotifications', () => {
  it.each([
    ['a success', ended({}), ['succeeded']],
    ['a failure', ended({ state: 'failed' }), ['failed']],
    ['items that failed', ended({ state: 'completedWithFailures' }), ['failed']],
    ['a success after an alert', ended({}, before(true)), ['recovered', 'succeeded']],
    [
      'a success after an alert that was not the last',
      ended({}, before(false, true)),
      ['recovered', 'succeeded'],
    ],
    ['a success after failures that nobody was told of', ended({}, before(false, false)), ['succeeded']],
    ['a cancelled run', ended({ state: 'cancelled' }, before(true)), []],
    ['a run that another goes on with', ended({ state: 'carriedOver' }, before(true)), []],
    ['a replay that failed', ended({ state: 'failed', cause: 'replay' }), []],
    ['a replay that succeeded', ended({ cause: 'replay' }, before(true)), []],
    ['a re-run that succeeded', ended({ cause: 'rerun' }, before(true)), ['recovered', 'succeeded']],
    ['an end after the deadline', ended({ deadlineAt: new Date(SIX.getTime() - 1) }), ['late', 'succeeded']],
    ['an end at the deadline', ended({ deadlineAt: SIX }), ['succeeded']],
    ['a cancelled run after its deadline', ended({ state: 'cancelled', deadlineAt: new Date(0) }), []],
  ])('says of %s', (_what, facts, due) => {
    expect(dueNotifications(ALL, facts)).toEqual(due);
  });

  it.each([
    ['failuresWarning', ['warning']],
    ['late', ['late']],
    ['tooManyFailures', []],
  ] as const)('says of the event %s', (kind, due) => {
    const facts = { ...ended({ state: 'running' }), news: { kind: 'event', event: { kind } } as const };
    expect(dueNotifications(ALL, facts)).toEqual(due);
  });

  it('says only what is asked for', () => {
    expect(dueNotifications({ ...ALL, on: ['recovered'] }, ended({}, before(true)))).toEqual(['recovered']);
    expect(dueNotifications({ ...ALL, on: ['late'] }, ended({ state: 'failed' }))).toEqual([]);
  });

  it.each([
    [1, [true, true, true, true]],
    [2, [false, true, true, true]],
    [3, [false, false, true, true]],
    [1000, [false, false, false, false]],
  ])('tells of failures from the %d. in a row on, and of the end of what it told', (afterFailures, told) => {
    const notify = { ...ALL, afterFailures };
    const history: EarlierEnd[] = [];
    for (const expected of told) {
      const facts = ended({ state: 'failed' }, history);
      expect(failuresInARow(facts)).toBe(history.length + 1);
      const alerted = dueNotifications(notify, facts).includes('failed');
      expect(alerted).toBe(expected);
      history.unshift({ state: 'failed', alerted });
      const recovered = dueNotifications(notify, ended({}, history)).includes('recovered');
      expect(recovered).toBe(history.some((one) => one.alerted));
    }
  });

  it('counts no failures of what did not fail', () => {
    expect(failuresInARow(ended({}, before(true)))).toBe(0);
    expect(failuresInARow(ended({ state: 'cancelled' }, before(true)))).toBe(0);
    expect(failuresInARow(ended({ state: 'failed', cause: 'replay' }, before(true)))).toBe(0);
  });
});

describe('targetsOf', () => {
  it('names each receiver once', () => {
    const url = 'https://hooks.example.org/nightjar';
    const targets = targetsOf({
      on: ['late'],
      webhooks: [{ url, secretName: 'ops' }, { url }],
      emails: ['Ops@example.org', 'ops@example.org', 'dba@example.org'],
    });
    expect(targets.map(targetKey)).toHaveLength(3);
    expect(new Set(targets.map(targetKey)).size).toBe(3);
    expect(targetKey({ kind: 'webhook', url: `https://x/${'y'.repeat(2000)}` })).toMatch(/^[0-9a-f]{64}$/);
    expect(targetsOf({ on: ['late'] })).toEqual([]);
  });
});
