import { Module } from '@nestjs/common';
import { NotificationsController } from './notifications.controller.js';
import { Courier } from './sending/courier.js';
import { Delivery } from './sending/delivery.js';
import { EmailSender } from './sending/email-sender.js';
import { WebhookSender } from './sending/webhook-sender.js';
import { Teller } from './telling/teller.js';

/** Tells people and programs what became of batches. Needs the settings and `NotificationStore` from global modules. */
@Module({
  controllers: [NotificationsController],
  providers: [Courier, Delivery, EmailSender, Teller, WebhookSender],
})
export class NotificationsModule {}
