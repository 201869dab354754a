import { Inject, Injectable } from '@nestjs/common';
import type { OnApplicationShutdown } from '@nestjs/common';
import { createTransport, type Transporter } from 'nodemailer';
import { SETTINGS } from '../../config.js';
import type { NotificationSettings, SmtpSettings } from '../notification-settings.js';
import { DeliveryError } from './delivery-error.js';

export type EmailSettings = Pick<NotificationSettings, 'smtp' | 'notificationTimeoutSeconds'>;

/** An e-mail in both of its forms. */
export interface Email {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** Servers count connections of one client. */
const CONNECTIONS = 2;
/** A server that says so for good: no such mailbox, not allowed. Others (full, busy, later) are tried again. */
const NO_SUCH_MAILBOX = [550, 551, 553];

/** Sends e-mails by the SMTP server of the settings, over a few connections that are kept. */
@Injectable()
export class EmailSender implements OnApplicationShutdown {
  private transport: Transporter | null = null;

  constructor(@Inject(SETTINGS) private readonly settings: EmailSettings) {}

  /**
   * @param id by which a reader's mail program knows a retry
   * @throws DeliveryError
   */
  async send(address: string, id: string, email: Email): Promise<void> {
    const { smtp } = this.settings;
    if (smtp === null)
      throw new DeliveryError("No SMTP server is set: management's setting smtpHost must name one.");
    this.transport ??= this.open(smtp);
    try {
      await this.transport.sendMail({
        from: smtp.from,
        to: { name: '', address },
        ...email,
        messageId: `<${id}@nightjar>`,
        // No answers from those who are away.
        headers: { 'Auto-Submitted': 'auto-generated', 'X-Nightjar-Notification-Id': id },
        disableFileAccess: true,
        disableUrlAccess: true,
      });
    } catch (error) {
      const { responseCode, message } = error as Error & { responseCode?: number };
      const isFinal = responseCode !== undefined && NO_SUCH_MAILBOX.includes(responseCode);
      throw new DeliveryError(
        `The SMTP server ${smtp.host}:${smtp.port} did not take it: ${message}`,
        isFinal,
      );
    }
  }

  onApplicationShutdown(): void {
    this.transport?.close();
    this.transport = null;
  }

  private open({ host, port, security, login }: SmtpSettings): Transporter {
    const timeoutMs = this.settings.notificationTimeoutSeconds * 1000;
    return createTransport({
      pool: true,
      maxConnections: CONNECTIONS,
      host,
      port,
      secure: security === 'tls',
      requireTLS: security === 'startTls',
      ignoreTLS: security === 'none',
      connectionTimeout: timeoutMs,
      greetingTimeout: timeoutMs,
      socketTimeout: timeoutMs,
      ...(login && { auth: { user: login.user, pass: login.password } }),
    });
  }
}
