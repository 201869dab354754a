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

  it('tells when a batch comes next, and that it is paused', async () => {
    answer = {
      timeZone: 'UTC',
      pause: { by: 'Ben', note: 'moving' },
      next: [{ at: 'A', local: 'L', businessDate: 'D', deadlineAt: null }],
    };
    expect(await nightjar('next', 'shop/night ly', '-n', '1')).toBe(0);
    expect(received).toEqual(['/api/v1/apps/shop/batches/night%20ly/schedule?count=1']);
    expect(terminal.out).toEqual([
      'It is paused by Ben: moving: nothing of this comes until it is resumed.',
      'UTC  UTC  BUSINESS DAY  DEADLINE',
      'A    L    D',
    ]);
    answer = { timeZone: null, pause: null, next: [] };
    expect(await nightjar('next', 'shop/asked')).toBe(0);
    expect(terminal.out.at(-1)).toMatch(/^It has no times of its own/);
  });

  it('lists batches that have times, with when they come next or why not', async () => {
    const definition = { schedule: '0 0 22 * * *' };
    const batch = { app: 'shop', name: 'a', definition, nextDueAt: '2026-12-01T22:00:00.000Z', pause: null };
    const paused = { ...batch, name: 'b', nextDueAt: null, pause: { by: 'Ben', note: '' } };
    answer = { batches: [batch, paused, { ...batch, name: 'c', definition: {} }] };
    expect(await nightjar('list', '--app', 'shop')).toBe(0);
    expect(terminal.out.slice(1)).toEqual([
      expect.stringMatching(/^shop\/a +0 0 22 \* \* \* +2026-12-01T22:00:00.000Z$/),
      expect.stringMatching(/^shop\/b +0 0 22 \* \* \* +paused by Ben$/),
    ]);
  });

  it('pauses with a note, resumes, and runs days that are over', async () => {
    answer = {
      timeZone: 'UTC',
      pause: null,
      next: [],
      notBefore: 'N',
      runs: [{ runId: 'r', plannedAt: 'P', businessDate: 'D' }],
    };
    expect(await nightjar('pause', 'shop/a')).toBe(2);
    expect(await nightjar('pause', 'shop/a', '--note', 'moving')).toBe(0);
    expect(await nightjar('resume', 'shop/a')).toBe(0);
    expect(await nightjar('backfill', 'shop/a', '2026-11-01', '2026-11-02')).toBe(0);
    expect(terminal.out.at(-1)).toBe('1 run made, the first not before N.');
    expect(await nightjar('backfill', 'shop/a', '2026-11-01', '2026-11-02', '--dry-run')).toBe(0);
    expect(terminal.out.at(-1)).toBe('There would be 1 run, the first not before N.');
    const path = '/api/v1/apps/shop/batches/a';
    expect(received).toEqual([
      `${path}/pause`,
      `${path}/resume`,
      `${path}/schedule?count=1`,
      `${path}/backfill`,
      `${path}/backfill`,
    ]);
  });

  it('refuses a count that is none', async () => {
    expect(await nightjar('next', 'shop', 'nightly', '--count', '0')).toBe(2);
  });
});
