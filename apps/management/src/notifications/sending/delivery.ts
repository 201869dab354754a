import { Injectable } from '@nestjs/common';
import { payloadOf, testPayload } from '#shared/contracts/notification-payload.js';
import type { NotificationContent, NotificationTarget } from '#shared/domain/notifications/notification.js';
import { EmailSender } from './email-sender.js';
import { emailOf, testEmail } from './email-text.js';
import { WebhookSender } from './webhook-sender.js';

/** Says something to a receiver, in the form that it takes. Every method throws `DeliveryError`. */
@Injectable()
export class Delivery {
  constructor(
    private readonly webhooks: WebhookSender,
    private readonly emails: EmailSender,
  ) {}

  /** @param signal ends a webhook; an e-mail ends by its time-outs */
  deliver(
    id: string,
    target: NotificationTarget,
    content: NotificationContent,
    signal: AbortSignal,
  ): Promise<void> {
    if (target.kind === 'email') return this.emails.send(target.address, id, emailOf(content));
    return this.webhooks.send(target, id, JSON.stringify(payloadOf(content)), signal);
  }

  /** Something that is recognisably only a try. */
  deliverTest(id: string, target: NotificationTarget, signal: AbortSignal): Promise<void> {
    if (target.kind === 'email') return this.emails.send(target.address, id, testEmail());
    return this.webhooks.send(target, id, JSON.stringify(testPayload(new Date())), signal);
  }
}
