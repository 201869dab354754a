import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { runCli } from '../run-cli.js';
import { RecordingTerminal } from '../../../../test/support/doubles/recording-terminal.js';

const summary = {
  from: '2026-11-28T12:00:00.000Z',
  until: '2026-11-29T12:00:00.000Z',
  usedOfOffered: 0.4321,
  usedCoreHours: 432.1,
  offeredCoreHours: 1000,
  allocatedCoreHours: 600,
  idleCoreHours: 400,
  ownerCoreHours: 2000.04,
  downCoreHours: 0,
  states: [{ state: 'owner/idle', reason: 'USER_ACTIVE', machineHours: 250, coreHours: 2000.04 }],
};

describe('nightjar capacity', () => {
  let server: Server;
  let received: string[];
  let answer: object;
  let terminal: RecordingTerminal;

  beforeEach(async () => {
    received = [];
    answer = summary;
    terminal = new RecordingTerminal();
    server = createServer(({ url = '', headers }, response) => {
      received.push(`${url} ${headers.accept}`);
      const machines = [{ id: '0199-desk', name: 'desk', state: 'ready', labels: {} }];
      if (url === '/api/v1/machines') response.end(JSON.stringify({ machines }));
      else if (headers.accept === 'text/csv') response.end('a,b\r\n1,2\r\n');
      else response.end(JSON.stringify(answer));
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
    return runCli(['capacity', ...args], { terminal, environment: { NIGHTJAR_URL }, signal });
  };

  it('shows the share, and what became of the rest', async () => {
    expect(await nightjar('--pool', 'office')).toBe(0);
    expect(received).toEqual(['/api/v1/capacity/summary?pool=office application/json']);
    expect(terminal.out).toEqual([
      'From 2026-11-28T12:00:00.000Z until 2026-11-29T12:00:00.000Z',
      '             CORE-HOURS',
      'used         432.1       43.2 % of what was offered',
      'offered      1,000.0',
      '  with work  600.0',
      '  without    400.0',
      "owners'      2,000.0",
      'down         0.0',
      '',
      'STATE       REASON       MACHINE-HOURS  CORE-HOURS',
      'owner/idle  USER_ACTIVE  250.0          2,000.0',
    ]);
  });

  it('says when nothing was offered', async () => {
    answer = { ...summary, usedOfOffered: null, usedCoreHours: 0, states: [] };
    expect(await nightjar()).toBe(0);
    expect(terminal.out[2]).toBe('used         0.0         nothing was offered');
    expect(terminal.out).toHaveLength(8);
  });

  it('asks for a range and a machine, and passes a table through', async () => {
    const times = ['--from', '2026-11-28T18:00:00+01:00', '--until', '2026-11-29T06:00:00Z'];
    expect(await nightjar(...times, '--machine', 'desk', '--csv', 'hours')).toBe(0);
    const query = 'from=2026-11-28T17%3A00%3A00.000Z&until=2026-11-29T06%3A00%3A00.000Z&machine=0199-desk';
    expect(received[1]).toBe(`/api/v1/capacity/hours?${query} text/csv`);
    expect(terminal.out).toEqual(['a,b', '1,2']);
  });

  it('shows what was lost, by function', async () => {
    const figures = { usedHours: 90, badputHours: 10, badputShare: 0.1, evictions: 4, calls: 12345 };
    const row = { app: 'shop', function: 'bill', batch: 'night', machine: null, reason: null, ...figures };
    answer = { from: 'a', until: 'b', total: figures, rows: [row], more: 3 };
    expect(await nightjar('badput', '--pool', 'office')).toBe(0);
    expect(received).toEqual(['/api/v1/capacity/badput?pool=office&by=function&limit=20 application/json']);
    expect(terminal.out).toEqual([
      'From a until b',
      'FUNCTION   BATCH  USED HOURS  LOST HOURS  LOST    EVICTIONS  CALLS',
      'shop/bill  night  90.0        10.0        10.0 %  4          12345',
      'all               90.0        10.0        10.0 %  4          12345',
      '3 more; --limit or --csv shows them.',
    ]);
  });

  it('shows what was lost by machine or reason, as a table, and when there was nothing', async () => {
    const figures = { usedHours: 0, badputHours: 1, badputShare: null, evictions: 1, calls: 0 };
    const row = { app: null, function: null, batch: null, machine: 'desk', reason: '', ...figures };
    answer = { from: 'a', until: 'b', total: figures, rows: [row], more: 0 };
    expect(await nightjar('badput', '--by', 'machine', '--machine', 'desk', '--limit', '5')).toBe(0);
    expect(await nightjar('badput', '--by', 'reason')).toBe(0);
    expect(received.slice(1)).toEqual([
      '/api/v1/capacity/badput?machine=0199-desk&by=machine&limit=5 application/json',
      '/api/v1/capacity/badput?by=reason&limit=20 application/json',
    ]);
    expect(terminal.out.filter((line) => /^(desk|-) /.test(line))).toHaveLength(2);
    expect(await nightjar('badput', '--csv')).toBe(0);
    expect(received.at(-1)).toBe('/api/v1/capacity/badput?by=function text/csv');
    answer = { from: 'a', until: 'b', total: figures, rows: [], more: 0 };
    expect(await nightjar('badput')).toBe(0);
    expect(terminal.out.at(-1)).toBe('Nothing ran.');
  });

  it.each([
    [['badput', '--by', 'pool']],
    [['badput', '--limit', 'all']],
    [['--from', 'yesterday']],
    [['--csv', 'all']],
    [['--machine', 'nobody']],
  ])('does not take %j', async (args) => {
    expect(await nightjar(...args)).toBe(2);
    expect(received.filter((one) => one.includes('capacity'))).toEqual([]);
  });
});
