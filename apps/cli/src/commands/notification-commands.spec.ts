import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { RecordingTerminal } from '../../../../test/support/doubles/recording-terminal.js';
import { runCli } from '../run-cli.js';

const ID = '0190b1f2-0000-7000-8000-000000000001';

describe('nightjar notifications', () => {
  let server: Server;
  let received: string[];
  let answer: unknown;
  let terminal: RecordingTerminal;

  beforeEach(async () => {
    received = [];
    answer = { notifications: [] };
    terminal = new RecordingTerminal();
    server = createServer((request, response) => {
      void text(request).then((body) => {
        received.push(`${request.method} ${request.url} ${body}`.trim());
        response.writeHead(200).end(JSON.stringify(answer));
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  const nightjar = (...args: string[]): Promise<number> => {
    const NIGHTJAR_URL = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const signal = new AbortController().signal;
    return runCli(['notifications', ...args], { terminal, environment: { NIGHTJAR_URL }, signal });
  };

  it('lists them with what went wrong', async () => {
    answer = {
      notifications: [
        {
          notificationId: ID,
          createdAt: '2026-11-30T06:00:00.000Z',
          event: 'failed',
          app: 'billing',
          batch: 'invoices',
          target: { kind: 'email', address: 'ops@example.org' },
          state: 'dead',
          attempts: 31,
          lastError: 'No such user',
        },
      ],
    };
    expect(await nightjar('list', '--state', 'dead', '--run', ID)).toBe(0);
    expect(received).toEqual([`GET /api/v1/notifications?state=dead&runId=${ID}&limit=50`]);
    expect(terminal.out[1]).toBe(
      `${ID}  2026-11-30T06:00:00.000Z  failed  billing/invoices  ops@example.org  dead   31     No such user`,
    );
    expect(await nightjar('list', '--state', 'lost')).toBe(2);
  });

  it('tests a receiver, and fails where nothing was taken', async () => {
    answer = { delivered: true, error: null, durationMs: 12 };
    expect(await nightjar('test', '--webhook', 'http://x/y', '--secret', 'ops')).toBe(0);
    expect(terminal.out).toEqual(['It was taken, in 12 ms.']);
    answer = { delivered: false, error: 'The receiver answered 500', durationMs: 12 };
    expect(await nightjar('test', '--email', 'ops@example.org')).toBe(1);
    expect(terminal.err).toEqual(['The receiver answered 500']);
    expect(received).toEqual([
      'POST /api/v1/notifications/test {"webhook":{"url":"http://x/y","secretName":"ops"}}',
      'POST /api/v1/notifications/test {"email":"ops@example.org"}',
    ]);
  });

  it.each([[[]], [['--secret', 'ops']], [['--email', 'a@b.de', '--webhook', 'http://x']]])(
    'does not test %j',
    async (options) => {
      expect(await nightjar('test', ...options)).toBe(2);
      expect(terminal.err.join('\n')).toContain('Say --webhook');
      expect(received).toEqual([]);
    },
  );

  it('tries one again', async () => {
    expect(await nightjar('retry', ID)).toBe(0);
    expect(received).toEqual([`POST /api/v1/notifications/${ID}/retry`]);
  });
});
