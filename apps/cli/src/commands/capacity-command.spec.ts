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

  it.each([[['--from', 'yesterday']], [['--csv', 'all']], [['--machine', 'nobody']]])(
    'does not take %j',
    async (args) => {
      expect(await nightjar(...args)).toBe(2);
      expect(received.filter((one) => one.includes('capacity'))).toEqual([]);
    },
  );
});
