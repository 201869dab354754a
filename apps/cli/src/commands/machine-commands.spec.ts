import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { runCli } from '../run-cli.js';
import { RecordingTerminal } from '../../../../test/support/doubles/recording-terminal.js';

const desk = {
  id: '0199-desk',
  name: 'desk',
  os: 'linux',
  pool: 'default',
  state: 'ready',
  reason: '',
  capacity: { state: 'claimed', activity: 'busy', reason: '' },
  labels: { site: 'berlin', gpu: '' },
  slots: 16,
  slotsBusy: 3,
};
const twin = { ...desk, capacity: null, id: '0199-twin', state: 'offline', labels: {} };
const other = { ...desk, id: '0199-other', name: 'other', labels: {} };

describe('nightjar machines', () => {
  let server: Server;
  let machines: object[];
  let received: string[];
  let answers: Record<string, unknown>;
  let terminal: RecordingTerminal;

  beforeEach(async () => {
    machines = [desk, other];
    received = [];
    answers = {};
    terminal = new RecordingTerminal();
    server = createServer((request, response) => {
      void text(request).then((body) => {
        const { method = '', url = '' } = request;
        received.push(`${method} ${url} ${body}`.trim());
        const path = `${method} ${url.split('?')[0]}`;
        const answer = path === 'GET /api/v1/machines' ? { machines } : answers[path];
        response.writeHead(answer === undefined ? 204 : 200).end(answer && JSON.stringify(answer));
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
    return runCli(['machines', ...args], { terminal, environment: { NIGHTJAR_URL }, signal });
  };

  it('lists them by the filters', async () => {
    const filters = ['--state', 'ready', '--pool', 'default', '--label', 'gpu', 'site=berlin'];
    expect(await nightjar('list', ...filters)).toBe(0);
    expect(received).toEqual(['GET /api/v1/machines?state=ready&pool=default&label=gpu&label=site%3Dberlin']);
    expect(terminal.out.slice(0, 2)).toEqual([
      'MACHINE  STATE  CAPACITY      POOL     OS     BUSY     LABELS            WHY',
      'desk     ready  claimed/busy  default  linux  3 of 16  gpu, site=berlin',
    ]);
  });

  it('shows one by name or id', async () => {
    expect(await nightjar('show', 'desk')).toBe(0);
    expect(JSON.parse(terminal.out.join('\n'))).toEqual(desk);
    expect(await nightjar('show', '0199-other')).toBe(0);
  });

  it('says when there is none, or more than one, of a name', async () => {
    expect(await nightjar('show', 'nobody')).toBe(2);
    machines.push(twin);
    expect(await nightjar('show', 'desk')).toBe(2);
    expect(terminal.err).toEqual([
      'There is no machine "nobody"; "nightjar machines list" shows them all',
      'There are 2 machines called "desk": say which by its id, 0199-desk (ready), 0199-twin (offline)',
    ]);
  });

  it('changes the labels that it names, and leaves the others', async () => {
    answers['PUT /api/v1/machines/0199-desk/labels'] = { ...desk, labels: { site: 'bonn' } };
    expect(await nightjar('label', 'desk', 'site=bonn', 'gpu-')).toBe(0);
    expect(received[1]).toBe('PUT /api/v1/machines/0199-desk/labels {"site":"bonn"}');
    expect(terminal.out).toEqual(['desk: site=bonn']);
  });

  it('drains, and says what it costs', async () => {
    answers['POST /api/v1/machines/0199-desk/drain'] = { machine: desk, workUnderWay: 3, badputSeconds: 200 };
    expect(await nightjar('drain', 'desk', '--deadline', '10m')).toBe(0);
    expect(received[1]).toBe('POST /api/v1/machines/0199-desk/drain {"deadlineSeconds":600}');
    expect(await nightjar('drain', 'desk', '--preview')).toBe(0);
    expect(received[3]).toBe('POST /api/v1/machines/0199-desk/drain {"preview":true}');
    expect(terminal.out).toEqual([
      'desk takes nothing new from its next heartbeat on: 3 under way, 3 min 20 s of work so far.',
      'desk is not drained: 3 under way, 3 min 20 s of work so far.',
    ]);
  });

  it.each(['10', 'm', '1.5h', '-1s'])('does not take %s for a deadline', async (deadline) => {
    expect(await nightjar('drain', 'desk', `--deadline=${deadline}`)).toBe(2);
    expect(received).toEqual([]);
  });

  it('undrains and revokes', async () => {
    answers['POST /api/v1/machines/0199-desk/undrain'] = desk;
    expect(await nightjar('undrain', 'desk')).toBe(0);
    expect(await nightjar('revoke', 'desk')).toBe(0);
    expect(received.filter((one) => one.startsWith('POST'))).toEqual([
      'POST /api/v1/machines/0199-desk/undrain',
      'POST /api/v1/machines/0199-desk/revoke',
    ]);
  });

  it('makes an enrolment token, alone on its line', async () => {
    const expiresAt = '2026-11-29T13:00:00.000Z';
    answers['POST /api/v1/enrolment-tokens'] = { id: 'x', token: 'secret-token', expiresAt };
    expect(await nightjar('enrol-token', '--note', 'for the desk')).toBe(0);
    expect(received).toEqual(['POST /api/v1/enrolment-tokens {"note":"for the desk"}']);
    expect(terminal.out).toEqual(['secret-token']);
    expect(terminal.err[0]).toContain(expiresAt);
  });
});
