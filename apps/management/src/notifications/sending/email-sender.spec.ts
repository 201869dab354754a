import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { freePort } from '../../../../../test/support/free-port.js';
import type { SmtpSettings } from '../notification-settings.js';
import { DeliveryError } from './delivery-error.js';
import { EmailSender } from './email-sender.js';

const ID = '0190b1f2-0000-7000-8000-000000000001';
const EMAIL = { subject: 'billing/invoices failed – schön', text: 'It failed.\n', html: '<p>It failed.</p>' };

interface Received {
  readonly from: string;
  readonly to: readonly string[];
  readonly text: string;
}

describe('EmailSender', () => {
  let server: SMTPServer;
  let received: Received[];
  let sender: EmailSender;

  async function start(options: SMTPServerOptions = {}, smtp: Partial<SmtpSettings> = {}): Promise<void> {
    server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      onData(stream, session, done) {
        const pieces: Buffer[] = [];
        stream.on('data', (piece: Buffer) => pieces.push(piece));
        stream.on('end', () => {
          const { mailFrom, rcptTo } = session.envelope;
          received.push({
            from: mailFrom === false ? '' : mailFrom.address,
            to: rcptTo.map(({ address }) => address),
            text: Buffer.concat(pieces).toString('utf8'),
          });
          done();
        });
      },
      ...options,
    });
    server.on('error', () => undefined);
    server.listen(0, '127.0.0.1');
    await once(server.server, 'listening');
    sender = senderTo((server.server.address() as AddressInfo).port, smtp);
  }

  function senderTo(port: number, smtp: Partial<SmtpSettings> = {}, timeout = 10): EmailSender {
    const base = { host: '127.0.0.1', port, security: 'none', login: null } as const;
    return new EmailSender({
      smtp: { ...base, from: 'Nightjar <nightjar@example.org>', ...smtp },
      notificationTimeoutSeconds: timeout,
    });
  }

  const failure = async (to = 'ops@example.org'): Promise<DeliveryError> => {
    const error = await sender.send(to, ID, EMAIL).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(DeliveryError);
    return error as DeliveryError;
  };

  beforeEach(() => {
    received = [];
  });
  afterEach(async () => {
    sender.onApplicationShutdown();
    await new Promise<void>((resolve) => server.close(resolve));
  });

  it('sends plain text and HTML, with an id by which a retry is known', async () => {
    await start();
    await sender.send('ops@example.org', ID, EMAIL);
    await sender.send('dba@example.org', ID, EMAIL);
    expect(received.map(({ from, to }) => [from, to])).toEqual([
      ['nightjar@example.org', ['ops@example.org']],
      ['nightjar@example.org', ['dba@example.org']],
    ]);
    const mail = received[0]?.text ?? '';
    expect(mail).toContain(`Message-ID: <${ID}@nightjar>`);
    expect(mail).toContain('From: Nightjar <nightjar@example.org>');
    expect(mail).toContain('Auto-Submitted: auto-generated');
    expect(mail).toMatch(/Subject: =\?UTF-8\?/);
    expect(mail).toContain('Content-Type: text/plain');
    expect(mail).toContain('Content-Type: text/html');
  });

  it('signs in', async () => {
    const login = { user: 'nightjar', password: 's3cret' };
    const seen: string[] = [];
    const check: Partial<SMTPServerOptions> = {
      authOptional: false,
      allowInsecureAuth: true,
      onAuth({ username, password }, _session, done) {
        seen.push(`${username}:${password}`);
        if (password === 's3cret') done(null, { user: username });
        else done(new Error('Invalid username or password'));
      },
    };
    await start(check, { login });
    await sender.send('ops@example.org', ID, EMAIL);
    expect([seen, received.length]).toEqual([['nightjar:s3cret'], 1]);
    sender.onApplicationShutdown();
    sender = senderTo((server.server.address() as AddressInfo).port, {
      login: { ...login, password: 'wrong' },
    });
    const { message } = await failure();
    expect(message).toMatch(/did not take it: .*(535|Invalid)/);
    expect(message).not.toContain('wrong');
  });

  it('asks for TLS unless told otherwise', async () => {
    await start({}, { security: 'startTls' });
    expect((await failure()).message).toMatch(/did not take it/);
    expect(received).toEqual([]);
  });

  it.each([
    [550, 'No such user here', true],
    [452, 'Mailbox full', false],
  ])('knows what is for good: %d', async (responseCode, text, isFinal) => {
    await start({
      onRcptTo: (_address, _session, done) => done(Object.assign(new Error(text), { responseCode })),
    });
    const error = await failure();
    expect(error.message).toContain(text);
    expect(error.isFinal).toBe(isFinal);
  });

  it('says that nobody listens, that nobody answers, and that there is no server', async () => {
    await start({ onConnect: () => undefined });
    const { port } = server.server.address() as AddressInfo;
    sender = senderTo(port, {}, 0.2);
    expect((await failure()).message).toMatch(
      new RegExp(`127.0.0.1:${port} did not take it: .*imeout|Greeting`),
    );
    sender.onApplicationShutdown();
    sender = senderTo(await freePort());
    expect((await failure()).message).toContain('ECONNREFUSED');
    sender.onApplicationShutdown();
    sender = new EmailSender({ smtp: null, notificationTimeoutSeconds: 1 });
    expect((await failure()).message).toContain('smtpHost');
  });
});
