import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { runCli } from '../run-cli.js';
import { RecordingTerminal } from '../../../../test/support/doubles/recording-terminal.js';

const PATH = '/api/v1/apps/shop/functions/Resize/placement';
const placement = (requirements: string | null, rank: string | null, inActiveVersion = true) => ({
  app: 'shop',
  function: 'Resize',
  requirements,
  rank,
  version: 2,
  changedBy: 'ada',
  changedAt: '2026-11-30T12:00:00.000Z',
  inActiveVersion,
});

describe('nightjar functions', () => {
  let server: Server;
  let received: string[];
  let answers: Record<string, unknown>;
  let terminal: RecordingTerminal;

  beforeEach(async () => {
    received = [];
    answers = {
      'GET /api/v1/placements': { placements: [placement('cores >= 4', 'cores')] },
      [`GET ${PATH}/preview`]: { waitReason: null, machines: [] },
    };
    terminal = new RecordingTerminal();
    server = createServer((request, response) => {
      void text(request).then((body) => {
        received.push(`${request.method} ${request.url} ${body}`.trim());
        const answer = answers[`${request.method} ${request.url}`];
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
    return runCli(['functions', ...args], { terminal, environment: { NIGHTJAR_URL }, signal });
  };
  const put = (): string | undefined => received.find((one) => one.startsWith('PUT'));

  it('lists what is published', async () => {
    const bindings = [{ type: 'timerTrigger', schedule: '0 0 3 * * *' }];
    answers['GET /api/v1/functions'] = {
      functions: [{ app: 'shop', name: 'nightly', trigger: 'timerTrigger', disabled: false, bindings }],
    };
    expect(await nightjar('list')).toBe(0);
    expect(terminal.out[1]).toBe('shop  nightly   timerTrigger  0 0 3 * * *');
  });

  it('shows all placements', async () => {
    expect(await nightjar('placement', 'show')).toBe(0);
    expect(terminal.out).toEqual([
      'APP   FUNCTION  VERSION  BY   PLACEMENT',
      'shop  Resize    2        ada  requirements: cores >= 4; rank: cores',
    ]);
  });

  it.each([
    [['--requirements', 'cores >= 8'], { requirements: 'cores >= 8', rank: 'cores' }],
    [['--rank', 'memoryBytes'], { requirements: 'cores >= 4', rank: 'memoryBytes' }],
    [['--no-requirements'], { rank: 'cores' }],
    [['--no-rank', '--requirements', 'true'], { requirements: 'true' }],
  ])('sets with %j what it names, and leaves the rest', async (options, body) => {
    answers[`PUT ${PATH}`] = placement('cores >= 8', null);
    expect(await nightjar('placement', 'set', 'shop', 'Resize', ...options)).toBe(0);
    expect(put()).toBe(`PUT ${PATH} ${JSON.stringify(body)}`);
    expect(terminal.out).toEqual(['shop/Resize, version 2: requirements: cores >= 8']);
    expect(terminal.err).toEqual([]);
  });

  it('warns where the function is not there, and where no machine meets its requirements', async () => {
    answers[`PUT ${PATH}`] = placement('cores >= 99', null, false);
    answers[`GET ${PATH}/preview`] = { waitReason: { message: 'No machine meets it.' }, machines: [] };
    expect(await nightjar('placement', 'set', 'shop', 'Resize', '--requirements', 'cores >= 99')).toBe(0);
    expect(terminal.err).toEqual([
      'The active version of shop has no function Resize.',
      'No machine meets it.',
    ]);
  });

  it.each([
    [['set', 'shop', 'Resize', '--no-rank', '--no-requirements'], 'Say --requirements, --rank or both'],
    [['set', 'shop', 'Resize'], 'Say --requirements, --rank or both'],
    [['set', 'shop', 'Other'], 'Say --requirements, --rank or both'],
  ])('does not set nothing: %j', async (args, problem) => {
    expect(await nightjar('placement', ...args)).toBe(2);
    expect(terminal.err.join('\n')).toContain(problem);
    expect(put()).toBeUndefined();
  });

  it('removes one, and tells who changed it', async () => {
    expect(await nightjar('placement', 'remove', 'shop', 'Resize')).toBe(0);
    expect(received).toEqual([`DELETE ${PATH}`]);
    const changedAt = '2026-11-30T12:00:00.000Z';
    answers[`GET ${PATH}/history`] = {
      versions: [
        { version: 2, changedAt, changedBy: 'ben', placement: null },
        { version: 1, changedAt, changedBy: 'ada', placement: { requirements: null, rank: 'cores' } },
      ],
    };
    expect(await nightjar('placement', 'history', 'shop', 'Resize')).toBe(0);
    expect(terminal.out.slice(1)).toEqual([
      'VERSION  WHEN                      BY   PLACEMENT',
      `2        ${changedAt}  ben  (removed)`,
      `1        ${changedAt}  ada  rank: cores`,
    ]);
  });

  it('previews machines, and why some do not meet the requirements', async () => {
    const why = 'cores >= 8 is false: cores is 4';
    answers[`GET ${PATH}/preview?requirements=cores+%3E%3D+8&pool=lab`] = {
      waitReason: { message: 'It waits.' },
      machines: [
        { machine: 'big', state: 'offline', met: 'yes', because: null, rank: 16 },
        { machine: 'small', state: 'ready', met: 'no', because: why, rank: 4 },
      ],
    };
    const options = ['--requirements', 'cores >= 8', '--pool', 'lab'];
    expect(await nightjar('placement', 'preview', 'shop', 'Resize', ...options)).toBe(0);
    expect(terminal.out).toEqual([
      'MACHINE  STATE    MEETS  RANK  WHY NOT',
      'big      offline  yes    16',
      `small    ready    no     4     ${why}`,
    ]);
    expect(terminal.err).toEqual(['It waits.']);
  });
});
