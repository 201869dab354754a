import { describe, expect, it } from '@jest/globals';
import { notificationPayloadSchema, payloadOf, testPayload } from '#shared/contracts/notification-payload.js';
import type { BatchRun } from '#shared/domain/batch.js';
import { NOTIFIED_EVENTS } from '#shared/domain/batch-definition.js';
import type { ToldFacts } from '#shared/store/notification-store.js';
import { emailOf } from '../sending/email-text.js';
import { contentOf } from './notification-content.js';

const RUN_ID = '0190b1f2-0000-7000-8000-000000000001';
const ORIGIN = 'https://nightjar.example.org';
const SIX = new Date('2026-11-30T06:00:00Z');

function facts(run: Partial<BatchRun> = {}, more: Partial<ToldFacts> = {}): ToldFacts {
  return {
    run: {
      id: RUN_ID,
      batchId: RUN_ID,
      name: 'invoices',
      appName: 'billing',
      appId: RUN_ID,
      appVersionId: RUN_ID,
      functionName: 'invoice',
      state: 'succeeded',
      inputState: 'ready',
      inputDigest: '',
      inputSizeBytes: 0,
      itemsTotal: 100,
      cursor: { byteOffset: 0, lineNumber: 1 },
      createdAt: new Date('2026-11-29T21:00:00Z'),
      startedAt: new Date('2026-11-29T21:00:05Z'),
      endedAt: new Date('2026-11-30T04:00:00Z'),
      batchVersion: 1,
      cause: 'schedule',
      plannedAt: new Date('2026-11-29T21:00:00Z'),
      businessDate: '2026-11-29',
      windowEndsAt: null,
      deadlineAt: SIX,
      priority: 0,
      pool: null,
      parentRunId: null,
      settings: null,
      waitReason: null,
      notBefore: null,
      itemTrigger: 'message',
      terminatedAt: null,
      ...run,
    },
    progress: {
      itemsSucceeded: 97,
      itemsFailed: 3,
      itemsCancelled: 0,
      chunksTotal: 1,
      chunksDone: 1,
      itemDurationMsTotal: 1,
    },
    event: null,
    failedBefore: [],
    ...more,
  };
}

const event = (kind: 'late' | 'failuresWarning', details = {}, secondsBeforeSix = 0): ToldFacts['event'] => ({
  id: RUN_ID,
  runId: RUN_ID,
  kind,
  details,
  happenedAt: new Date(SIX.getTime() - secondsBeforeSix * 1000),
});
const failed = { state: 'failed', alerted: true } as const;
const failure = { source: 'platform', type: 'InputMissing', message: 'The file is gone' } as const;

describe('contentOf', () => {
  it.each([
    ['succeeded', facts(), 'billing/invoices of 2026-11-29 succeeded: 100 items.'],
    ['succeeded', facts({ businessDate: null, itemsTotal: 1 }), 'billing/invoices succeeded: 1 item.'],
    [
      'failed',
      facts({ state: 'failed', failure }),
      'billing/invoices of 2026-11-29 failed: The file is gone',
    ],
    [
      'failed',
      facts({ state: 'completedWithFailures' }, { failedBefore: [failed, failed] }),
      'billing/invoices of 2026-11-29 ended with 3 of 100 items that did not succeed. 3 runs in a row have failed.',
    ],
    [
      'recovered',
      facts({}, { failedBefore: [failed] }),
      'billing/invoices of 2026-11-29 succeeded, after a run that failed.',
    ],
    [
      'recovered',
      facts({}, { failedBefore: [failed, failed] }),
      'billing/invoices of 2026-11-29 succeeded, after 2 runs in a row that failed.',
    ],
    [
      'warning',
      facts(
        { state: 'running', endedAt: null },
        { event: event('failuresWarning', { reached: '3 % failed' }) },
      ),
      'Many items of billing/invoices of 2026-11-29 fail: 3 of 100 so far. A limit that warns was reached: 3 % failed.',
    ],
    [
      'late',
      facts({ state: 'running', endedAt: null }, { event: event('late') }),
      'billing/invoices of 2026-11-29 has passed its deadline, 2026-11-30 06:00 UTC, and goes on: 100 of 100 items are done.',
    ],
    [
      'late',
      facts(
        { state: 'running', endedAt: null },
        { event: event('late', { reason: '2 more machines until then would make it.' }, 60) },
      ),
      'billing/invoices of 2026-11-29 is expected to miss its deadline, 2026-11-30 06:00 UTC. 2 more machines until then would make it.',
    ],
    [
      'late',
      facts({ endedAt: new Date('2026-11-30T06:05:00Z') }),
      'billing/invoices of 2026-11-29 ended at 2026-11-30 06:05 UTC, after its deadline, 2026-11-30 06:00 UTC.',
    ],
  ] as const)('says that it is %s (%#)', (kind, told, message) => {
    expect(contentOf(kind, told, ORIGIN).message).toBe(message);
  });

  it('is a webhook body as it is described, of whatever happened', () => {
    for (const kind of NOTIFIED_EVENTS) {
      const payload = payloadOf(contentOf(kind, facts({ state: 'failed', failure }), ORIGIN));
      expect(notificationPayloadSchema.parse(JSON.parse(JSON.stringify(payload)))).toEqual(payload);
      expect(payload).toMatchObject({ schemaVersion: 1, type: `batch.${kind}` });
    }
    expect(notificationPayloadSchema.parse(testPayload(SIX))).toMatchObject({ type: 'test', data: null });
  });

  it('links to the run and shortens what failures quote', () => {
    const long = { ...failure, message: 'x'.repeat(10_000) };
    const content = contentOf('failed', facts({ state: 'failed', failure: long }), ORIGIN);
    expect(content.runUrl).toBe(`${ORIGIN}/api/v1/batches/runs/${RUN_ID}`);
    expect(content.message.length).toBeLessThan(600);
    expect(content.failure?.message.length).toBeLessThan(600);
  });
});

describe('emailOf', () => {
  it('says in its subject which batch, what and of which day', () => {
    const subjectOf = (kind: 'failed' | 'late', run: Partial<BatchRun> = {}): string =>
      emailOf(contentOf(kind, facts(run), ORIGIN)).subject;
    expect(subjectOf('failed')).toBe('[Nightjar] billing/invoices failed (2026-11-29)');
    expect(subjectOf('late', { businessDate: null })).toBe('[Nightjar] billing/invoices is late');
  });

  it('has the same in text and HTML, where nothing of a failure is markup', () => {
    const evil = { ...failure, message: '<script>alert("&")</script>' };
    const { text, html } = emailOf(contentOf('failed', facts({ state: 'failed', failure: evil }), ORIGIN));
    expect(text).toContain('Items:         100: 97 succeeded, 3 failed, 0 cancelled');
    expect(text).toContain('Deadline:      2026-11-30 06:00 UTC');
    expect(text).toContain('Failure:       InputMissing: <script>');
    expect(text).toContain(`${ORIGIN}/api/v1/batches/runs/${RUN_ID}`);
    expect(html).toContain('&lt;script&gt;alert(&quot;&amp;&quot;)&lt;/script&gt;');
    expect(html).not.toContain('<script>');
    expect(html).toContain(`<a href="${ORIGIN}/api/v1/batches/runs/${RUN_ID}">`);
  });
});
