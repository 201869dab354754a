import { z } from 'zod';
import { NOTIFIED_EVENTS } from '../domain/batch-definition.js';
import { RUN_CAUSES, RUN_STATES } from '../domain/batch.js';
import type { NotificationContent } from '../domain/notifications/notification.js';

/**
 * The body of a webhook, version 1. Later versions of Nightjar add fields under the same number; a number changes when a receiver
 * that goes by this description would misread it.
 */
const VERSION = 1;

const moment = z.iso.datetime();

const data = z.object({
  app: z.string(),
  batch: z.string(),
  runId: z.uuid(),
  state: z.enum(RUN_STATES),
  cause: z.enum(RUN_CAUSES),
  businessDate: z.iso.date().nullable(),
  plannedAt: moment.nullable(),
  startedAt: moment.nullable(),
  endedAt: moment.nullable(),
  deadlineAt: moment.nullable(),
  items: z.object({
    total: z.number().int(),
    succeeded: z.number().int(),
    failed: z.number().int(),
    cancelled: z.number().int(),
  }),
  failuresInARow: z.number().int(),
  failure: z.object({ type: z.string(), message: z.string() }).nullable(),
  message: z.string(),
  runUrl: z.url(),
});

const types = NOTIFIED_EVENTS.map((event) => `batch.${event}` as const);

export const notificationPayloadSchema = z.object({
  schemaVersion: z.literal(VERSION),
  /** `batch.late`, `batch.failed`, `batch.recovered`, `batch.warning`, `batch.succeeded`; `test` for a try. */
  type: z.enum([...types, 'test']),
  /** When it happened. */
  timestamp: moment,
  /** Null for a try. */
  data: data.nullable(),
});

export type NotificationPayload = z.output<typeof notificationPayloadSchema>;

export function payloadOf({ event, happenedAt, ...content }: NotificationContent): NotificationPayload {
  return { schemaVersion: VERSION, type: `batch.${event}`, timestamp: happenedAt, data: content };
}

export function testPayload(now: Date): NotificationPayload {
  return { schemaVersion: VERSION, type: 'test', timestamp: now.toISOString(), data: null };
}
