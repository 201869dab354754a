import { z } from 'zod';
import { receiverFields } from '#shared/contracts/batch-definition/definition-schema.js';
import { NOTIFICATION_STATES, type NotificationTarget } from '#shared/domain/notifications/notification.js';
import { pageLimit } from '../http/input-pipe.js';

export const notificationIdSchema = z.object({
  id: z.uuid('must be the id of a notification (a UUID)'),
});

export const notificationListSchema = z.object({
  state: z
    .enum(NOTIFICATION_STATES, `must be one of ${NOTIFICATION_STATES.join(', ')}`)
    .optional()
    .describe('waiting (for its first or next try), sent, or dead (given up).'),
  runId: z.uuid('must be the id of a batch run (a UUID)').optional(),
  limit: pageLimit(50),
  after: z
    .uuid('must be what "next" of the page before says')
    .optional()
    .describe('"next" of the page before; absent for the first page.'),
});

export const testSchema = z
  .strictObject({ webhook: receiverFields.webhook.optional(), email: receiverFields.email.optional() })
  .refine((body) => (body.webhook === undefined) !== (body.email === undefined), {
    message: 'must have either webhook or email',
  })
  .describe('Whom to send it to.');

export type NotificationId = z.output<typeof notificationIdSchema>;
export type NotificationListQuery = z.output<typeof notificationListSchema>;
export type TestBody = z.output<typeof testSchema>;

export function targetOf({ webhook, email = '' }: TestBody): NotificationTarget {
  return webhook ? { kind: 'webhook', ...webhook } : { kind: 'email', address: email };
}
