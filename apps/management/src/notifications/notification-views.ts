import { z } from 'zod';
import { NOTIFIED_EVENTS } from '#shared/domain/batch-definition.js';
import { NOTIFICATION_STATES, type Notification } from '#shared/domain/notifications/notification.js';
import type { Page } from '#shared/store/page.js';

const moment = z.iso.datetime();

const notificationView = z.object({
  notificationId: z.uuid().describe("A webhook's webhook-id, and part of an e-mail's Message-ID."),
  event: z.enum(NOTIFIED_EVENTS),
  app: z.string(),
  batch: z.string(),
  runId: z.uuid(),
  businessDate: z.string().nullable(),
  message: z.string().describe('What it says.'),
  target: z.object({
    kind: z.enum(['webhook', 'email']),
    address: z.string().describe('The URL, or the e-mail address.'),
    secretName: z.string().nullable().describe('The secret that a webhook is signed with.'),
  }),
  state: z.enum(NOTIFICATION_STATES),
  attempts: z.number().int().describe('Tries that were begun.'),
  createdAt: moment,
  nextTryAt: moment.nullable(),
  endedAt: moment.nullable().describe('When it was sent, or given up.'),
  lastError: z.string().nullable().describe('Of the newest try that failed.'),
});

export const notificationListView = z.object({
  notifications: z.array(notificationView),
  next: z.string().optional().describe('The value of "after" for the next page; absent on the last.'),
});

export const testView = z.object({
  delivered: z.boolean(),
  error: z.string().nullable().describe('Why not.'),
  durationMs: z.number(),
});

export type NotificationListView = z.infer<typeof notificationListView>;
export type TestView = z.infer<typeof testView>;

export function toNotificationListView({ rows, next }: Page<Notification>): NotificationListView {
  return { notifications: rows.map(toView), next };
}

function toView(notification: Notification): z.infer<typeof notificationView> {
  const { id, target, content, event, runId, state, attempts, lastError } = notification;
  return {
    notificationId: id,
    event,
    app: content.app,
    batch: content.batch,
    runId,
    businessDate: content.businessDate,
    message: content.message,
    target:
      target.kind === 'webhook'
        ? { kind: 'webhook', address: target.url, secretName: target.secretName ?? null }
        : { kind: 'email', address: target.address, secretName: null },
    state,
    attempts,
    createdAt: notification.createdAt.toISOString(),
    nextTryAt: notification.nextTryAt?.toISOString() ?? null,
    endedAt: notification.endedAt?.toISOString() ?? null,
    lastError,
  };
}
