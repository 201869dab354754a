import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { RecordingTerminal } from '../../../../test/support/doubles/recording-terminal.js';
import { runCli } from '../run-cli.js';

const schedule = {
  app: 'shop',
  function: 'nightly',
  declaredAs: '%NIGHTLY%',
  expression: '0 30 2 * * *',
  timeZone: 'Europe/Berlin',
  monitored: true,
  runOnStartup: false,
  activeSince: '2026-11-01T00:00:00.000Z',
  lastPlannedAt: null,
  next: [{ at: '2026-12-01T01:30:00.000Z', local: '2026-12-01T02:30:00+01:00' }],
};

describe('nightjar schedule', () => {
  let server: Server;
  let received: string[];
  let answer: object;
  let terminal: RecordingTerminal;

  beforeEach(async () => {
    received = [];
    answer = schedule;
    terminal = new RecordingTerminal();
    server = createServer(({ url = '' }, response) => {
      received.push(url);
      response.end(JSON.stringify(answer));
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
    return runCli(['schedule', ...args], { terminal, environment: { NIGHTJAR_URL }, signal });
  };

  it('shows a schedule with its next occurrences', async () => {
    expect(await nightjar('show', 'shop', 'night ly')).toBe(0);
    expect(received).toEqual(['/api/v1/apps/shop/functions/night%20ly/schedule?count=10']);
    expect(terminal.out).toEqual([
      'TIMER         shop/nightly',
      'schedule      0 30 2 * * * (from %NIGHTLY%)',
      'time zone     Europe/Berlin',
      'missed ones   run once, late',
      'on start-up   does not run',
      'active since  2026-11-01T00:00:00.000Z',
      'last planned  never',
      '',
      'UTC                       Europe/Berlin',
      '2026-12-01T01:30:00.000Z  2026-12-01T02:30:00+01:00',
    ]);
  });

  it('shows only what comes next, as many as are asked for', async () => {
    expect(await nightjar('next', 'shop', 'nightly', '-n', '3')).toBe(0);
    expect(received).toEqual(['/api/v1/apps/shop/functions/nightly/schedule?count=3']);
    expect(terminal.out).toHaveLength(2);
    answer = { ...schedule, next: [] };
    expect(await nightjar('next', 'shop', 'nightly')).toBe(0);
    expect(terminal.out.at(-1)).toBe('It does not come again.');
  });

  it('refuses a count that is none', async () => {
    expect(await nightjar('next', 'shop', 'nightly', '--count', '0')).toBe(2);
  });
});
