import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { Inject, Injectable } from '@nestjs/common';
import { withoutPassword } from '#shared/contracts/settings-sources.js';
import { SETTINGS } from '../../config.js';
import type { NotificationSettings } from '../notification-settings.js';
import { DeliveryError } from './delivery-error.js';
import { checkedLookup, isRefusedAddress, RefusedAddressError } from './refused-addresses.js';
import { webhookHeaders } from './signature.js';

export type WebhookSettings = Pick<NotificationSettings, 'webhookSecrets' | 'notificationTimeoutSeconds'>;

/** Of an answer that is an error, so much is kept for a person to read. */
const KEPT_ANSWER_BYTES = 500;
const MOST_REDIRECTS = 3;
/** Those that keep the method and the body. */
const REDIRECTS = [307, 308];
const GONE = 410;

interface Answer {
  readonly status: number;
  readonly location: string | undefined;
  readonly text: string;
}

/**
 * Sends webhooks. A receiver answers with 2xx within the time; what else it says is read no further than its beginning. Redirects are
 * followed to the same origin only: the body is signed for that receiver and not for another.
 */
@Injectable()
export class WebhookSender {
  constructor(@Inject(SETTINGS) private readonly settings: WebhookSettings) {}

  /**
   * @param id by which the receiver knows a retry
   * @param signal ends it
   * @throws DeliveryError
   */
  async send(
    target: { readonly url: string; readonly secretName?: string | undefined },
    id: string,
    body: string,
    signal: AbortSignal,
  ): Promise<void> {
    const headers = webhookHeaders(id, body, this.secretOf(target.secretName), new Date());
    const time = AbortSignal.timeout(this.settings.notificationTimeoutSeconds * 1000);
    let url = new URL(target.url);
    for (let redirects = 0; ; redirects++) {
      const answer = await this.post(url, headers, body, AbortSignal.any([signal, time]));
      if (!REDIRECTS.includes(answer.status) || redirects === MOST_REDIRECTS) return judge(answer);
      url = redirectOf(url, answer);
    }
  }

  private secretOf(name: string | undefined): string | null {
    if (name === undefined) return null;
    const secret = Object.hasOwn(this.settings.webhookSecrets, name)
      ? this.settings.webhookSecrets[name]
      : undefined;
    if (secret !== undefined) return secret;
    throw new DeliveryError(`There is no secret "${name}" in management's setting webhookSecrets.`);
  }

  private async post(
    url: URL,
    headers: Record<string, string>,
    body: string,
    signal: AbortSignal,
  ): Promise<Answer> {
    try {
      // The look-up checks names; an address is none, and is not looked up.
      if (isRefusedAddress(url.hostname)) throw new RefusedAddressError(url.hostname);
      return await readAnswer(await posted(url, headers, body, signal));
    } catch (error) {
      // Node says only that it was aborted, not by whom.
      throw new DeliveryError(this.reasonOf(signal.aborted ? signal.reason : error, url));
    }
  }

  private reasonOf(error: unknown, url: URL): string {
    const { name, code, message } = error as NodeJS.ErrnoException;
    const where = withoutPassword(url.origin);
    if (name === 'TimeoutError')
      return `${where} did not answer within ${this.settings.notificationTimeoutSeconds} seconds (setting notificationTimeoutSeconds).`;
    return `${where} could not be reached: ${message || code}.`;
  }
}

function posted(
  url: URL,
  headers: Record<string, string>,
  body: string,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const bytes = Buffer.from(body);
  return new Promise((resolve, reject) => {
    const request = (url.protocol === 'https:' ? requestHttps : requestHttp)(url, {
      method: 'POST',
      headers: {
        ...headers,
        'content-type': 'application/json',
        'content-length': String(bytes.length),
        'user-agent': 'Nightjar',
      },
      // A connection of its own: none is left open, and each is to an address that was checked.
      agent: false,
      lookup: checkedLookup,
      signal,
    });
    request.once('response', resolve).once('error', reject);
    request.end(bytes);
  });
}

/** Its beginning; whatever else comes is not waited for. */
async function readAnswer(response: IncomingMessage): Promise<Answer> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  if (!isTaken(response.statusCode ?? 0)) {
    for await (const piece of response as AsyncIterable<Buffer>) {
      pieces.push(piece);
      bytes += piece.length;
      if (bytes >= KEPT_ANSWER_BYTES) break;
    }
  }
  response.destroy();
  return {
    status: response.statusCode ?? 0,
    location: response.headers.location,
    text: Buffer.concat(pieces).subarray(0, KEPT_ANSWER_BYTES).toString('utf8').trim(),
  };
}

function isTaken(status: number): boolean {
  return status >= 200 && status < 300;
}

function judge({ status, text, location }: Answer): void {
  if (isTaken(status)) return;
  const said = text === '' ? '' : `: ${text}`;
  if (status >= 300 && status < 400)
    throw new DeliveryError(
      `The receiver answered ${status} and points to ${location ?? 'nowhere'}; give that URL if it is the right one.`,
    );
  throw new DeliveryError(`The receiver answered ${status}${said}`, status === GONE);
}

function redirectOf(from: URL, { status, location }: Answer): URL {
  if (location === undefined || !URL.canParse(location, from))
    throw new DeliveryError(`The receiver answered ${status} and points nowhere.`);
  const to = new URL(location, from);
  if (to.origin !== from.origin)
    throw new DeliveryError(
      `The receiver answered ${status} and points to another host, ${to.origin}: that is not followed. Give its URL if it is the right one.`,
    );
  to.username = from.username;
  to.password = from.password;
  return to;
}
