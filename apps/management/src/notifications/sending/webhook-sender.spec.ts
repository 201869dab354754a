import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { freePort } from '../../../../../test/support/free-port.js';
import { DeliveryError } from './delivery-error.js';
import { webhookHeaders } from './signature.js';
import { WebhookSender } from './webhook-sender.js';

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const ID = '0190b1f2-0000-7000-8000-000000000001';
const BODY = '{"type":"test","ü":1}';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

describe('WebhookSender', () => {
  let server: Server;
  let answer: Answer;
  let received: {
    readonly url: string;
    readonly headers: IncomingMessage['headers'];
    readonly body: string;
  }[];

  beforeEach(async () => {
    received = [];
    answer = (_, response) => response.writeHead(204).end();
    server = createServer((request, response) => {
      void text(request).then((body) => {
        received.push({ url: request.url ?? '', headers: request.headers, body });
        answer(request, response);
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  const origin = (host = '127.0.0.1'): string => `http://${host}:${(server.address() as AddressInfo).port}`;
  const send = (
    url = `${origin()}/hook?a=1`,
    { secretName, timeout = 10 }: { secretName?: string; timeout?: number } = {},
    signal = new AbortController().signal,
  ): Promise<void> =>
    new WebhookSender({ webhookSecrets: { ops: SECRET }, notificationTimeoutSeconds: timeout }).send(
      { url, secretName },
      ID,
      BODY,
      signal,
    );
  const failure = async (sent: Promise<void>): Promise<DeliveryError> => {
    const error = await sent.then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(DeliveryError);
    return error as DeliveryError;
  };

  it('posts what it is given, signed, with an id by which receivers know it', async () => {
    await send(undefined, { secretName: 'ops' });
    const [{ url, headers, body } = { url: '', headers: {}, body: '' }] = received;
    expect([url, body, headers['content-type']]).toEqual(['/hook?a=1', BODY, 'application/json']);
    const signedAt = new Date(Number(headers['webhook-timestamp']) * 1000);
    expect(Math.abs(Date.now() - signedAt.getTime())).toBeLessThan(60_000);
    expect(headers).toMatchObject(webhookHeaders(ID, BODY, SECRET, signedAt));
  });

  it('signs nothing where no secret is named, and sends nothing where there is none of that name', async () => {
    await send();
    expect(received[0]?.headers['webhook-signature']).toBeUndefined();
    expect((await failure(send(undefined, { secretName: 'toString' }))).message).toMatch(
      /no secret "toString".*webhookSecrets/,
    );
    expect(received).toHaveLength(1);
  });

  it('says that nobody listens', async () => {
    const port = await freePort();
    expect((await failure(send(`http://127.0.0.1:${port}/`))).message).toMatch(
      /^http:\/\/127\.0\.0\.1:\d+ could not be reached: .*ECONNREFUSED/,
    );
  });

  it('says which status it got, and what was said with it, but not all of that', async () => {
    answer = (_, response) => response.writeHead(500).end(`Broken ${'x'.repeat(1_000_000)}`);
    const { message, isFinal } = await failure(send());
    expect(message).toMatch(/^The receiver answered 500: Broken xxx/);
    expect(message.length).toBeLessThan(600);
    expect(isFinal).toBe(false);
  });

  it('does not try again what is gone', async () => {
    answer = (_, response) => response.writeHead(410).end();
    expect((await failure(send())).isFinal).toBe(true);
  });

  it('waits no longer than it should: for an answer, or for the rest of one', async () => {
    const slow: readonly Answer[] = [
      () => undefined,
      (_, response) => void response.writeHead(500).write('begins and '),
    ];
    for (const one of slow) {
      answer = one;
      expect((await failure(send(undefined, { timeout: 0.2 }))).message).toMatch(
        /did not answer within 0\.2 seconds \(setting notificationTimeoutSeconds\)/,
      );
    }
  });

  it('reads nothing of an endless answer to what was taken', async () => {
    answer = (_, response) => {
      response.writeHead(200);
      // By events: after the end of the connection none comes.
      const more = (): void => {
        while (response.write('x'.repeat(65_536)));
      };
      response.on('drain', more);
      more();
    };
    await send(undefined, { timeout: 60 });
  });

  it('says that the connection broke', async () => {
    answer = (request) => void request.socket.resetAndDestroy();
    expect((await failure(send())).message).toMatch(/could not be reached: .*(ECONNRESET|hang up)/);
  });

  it('ends when it is told to', async () => {
    const stop = new AbortController();
    answer = () => stop.abort();
    await failure(send(undefined, { timeout: 60 }, stop.signal));
  });

  it('follows a redirect to the same origin with method and body', async () => {
    answer = (request, response) =>
      request.url === '/new'
        ? response.writeHead(200).end()
        : response.writeHead(308, { location: '/new' }).end();
    await send();
    expect(received.map(({ url, body }) => [url, body])).toEqual([
      ['/hook?a=1', BODY],
      ['/new', BODY],
    ]);
  });

  it('follows none in circles', async () => {
    answer = (_, response) => response.writeHead(307, { location: '/again' }).end();
    expect((await failure(send())).message).toMatch(/^The receiver answered 307/);
    expect(received).toHaveLength(4);
  });

  it.each([
    ['another host', 307, () => `${origin('localhost')}/x`, /points to another host, http:\/\/localhost:/],
    ['metadata', 308, () => 'http://169.254.169.254/latest', /points to another host/],
    ['a GET', 302, () => '/x', /answered 302 and points to \/x; give that URL/],
    ['nowhere', 307, () => '', /points nowhere|answered 307/],
  ])('follows none to %s', async (_what, status, location, expected) => {
    answer = (request, response) =>
      response.writeHead(status, location() === '' ? {} : { location: location() }).end();
    expect((await failure(send())).message).toMatch(expected);
    expect(received).toHaveLength(1);
  });

  it.each([
    'http://169.254.169.254/latest/meta-data',
    'http://[::ffff:169.254.169.254]/',
    'http://2852039166/',
  ])('sends nothing to %s', async (url) => {
    expect((await failure(send(url))).message).toMatch(
      /an address of a cloud's metadata: nothing is sent there/,
    );
  });

  it('looks names up', async () => {
    await send(`${origin('localhost')}/named`);
    expect(received).toHaveLength(1);
    await failure(send('http://no-such-name.invalid/'));
  });
});
