import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { runCli } from './run-cli.js';
import { RecordingTerminal } from '../../../test/support/doubles/recording-terminal.js';

interface Received {
  readonly method: string;
  readonly path: string;
  readonly key: string | undefined;
  readonly contentType: string | undefined;
  readonly body: Buffer;
}

const RUN = {
  runId: 'run-1',
  name: 'items.jsonl',
  app: 'invoices',
  function: 'process',
  state: 'succeeded',
  failure: null,
  itemsTotal: 3,
  itemsSucceeded: 3,
  itemsFailed: 0,
  itemsCancelled: 0,
  itemsPerSecond: 3,
  startedAt: '2026-11-24T01:00:00.000Z',
  endedAt: '2026-11-24T01:00:01.000Z',
};

describe('the nightjar command', () => {
  let folder = '';
  let server: Server;
  let received: Received[] = [];
  let answers: [status: number, body?: unknown][] = [];
  let terminal: RecordingTerminal;
  let environment: NodeJS.ProcessEnv = {};
  const nightjar = (...args: string[]): Promise<number> =>
    runCli(args, { terminal, environment, signal: new AbortController().signal });

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nightjar-cli-'));
    received = [];
    answers = [];
    terminal = new RecordingTerminal();
    server = createServer((request, response) => {
      void buffer(request).then((body) => {
        const { method = '', url = '', headers } = request;
        const key = headers['x-functions-key'] as string | undefined;
        received.push({ method, path: url, key, contentType: headers['content-type'], body });
        const [status, answer] = answers.shift() ?? [200];
        response.writeHead(status).end(answer === undefined ? '' : JSON.stringify(answer));
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    environment = { NIGHTJAR_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
  });
  afterEach(async () => {
    server.closeAllConnections();
    server.close();
    await rm(folder, { recursive: true });
  });

  describe('publish', () => {
    it('sends the folder as a zip, under the name of the folder or the given one', async () => {
      await writeFile(join(folder, 'host.json'), '{"version":"2.0"}');
      expect(await nightjar('publish', folder, '--app', 'shop')).toBe(0);
      expect(received).toHaveLength(1);
      expect(received[0]).toMatchObject({
        method: 'POST',
        path: '/apps/shop/api/zipdeploy',
        contentType: 'application/zip',
      });
      expect(received[0]?.body.subarray(0, 2).toString()).toBe('PK');
      expect(terminal.out[0]).toMatch(/^Published shop: 1 files/);
    });

    it('shows the key that the environment holds', async () => {
      await writeFile(join(folder, 'host.json'), '{}');
      environment = { ...environment, NIGHTJAR_ADMIN_KEY: 'secret' };
      await nightjar('publish', folder);
      expect(received[0]?.key).toBe('secret');
    });

    it('says what is wrong with the package, in the words of management', async () => {
      await writeFile(join(folder, 'host.json'), '{}');
      const details = ['hello and greet both have the route /api/hello'];
      answers = [[400, { error: { code: 'invalid_input', message: 'The package was refused.', details } }]];
      expect(await nightjar('publish', folder)).toBe(1);
      expect(terminal.err).toEqual([
        'The package was refused.',
        '  - hello and greet both have the route /api/hello',
      ]);
    });

    it('refuses a folder that is no function app, without a request', async () => {
      expect(await nightjar('publish', folder)).toBe(2);
      expect(terminal.err[0]).toContain('has no host.json');
      expect(received).toEqual([]);
    });
  });

  describe('batch', () => {
    const submit = async (...args: string[]): Promise<number> => {
      const file = join(folder, 'items.jsonl');
      await writeFile(file, '1\n2\n3\n');
      return nightjar('batch', 'submit', file, '--app', 'invoices', '--function', 'process', ...args);
    };
    const accepted = { runId: 'run-1', batchId: 'batch-1', itemsTotal: 3, state: 'waiting' };

    it('sends the file as it is and says which run it became', async () => {
      answers = [[201, accepted]];
      expect(await submit()).toBe(0);
      expect(received[0]).toMatchObject({
        path: '/api/v1/batches?app=invoices&function=process&name=items.jsonl',
        contentType: 'application/x-ndjson',
      });
      expect(received[0]?.body.toString()).toBe('1\n2\n3\n');
      expect(terminal.out).toEqual(['Run run-1 is accepted: 3 items.']);
    });

    it('sends CSV as it is, with how to read it', async () => {
      const file = join(folder, 'customers.csv');
      await writeFile(file, 'id;name\n1;Ann\n');
      answers = [[201, accepted]];
      const app = ['--app', 'crm', '--function', 'greet'];
      expect(await nightjar('batch', 'submit', file, ...app, '--delimiter', ';', '--no-header')).toBe(0);
      expect(received[0]).toMatchObject({
        path: '/api/v1/batches?app=crm&function=greet&name=customers.csv&delimiter=%3B&header=false',
        contentType: 'text/csv',
      });
      expect(received[0]?.body.toString()).toBe('id;name\n1;Ann\n');
    });

    const ITEM = { lineNumber: 2, state: 'failed', attempts: 3, durationMs: 1.6, output: null };
    const FAILURE = { type: 'Error', message: 'no\nsuch thing' };

    it('shows a page of items, and one with its input', async () => {
      answers = [
        [200, { items: [{ ...ITEM, failure: FAILURE }], nextLine: 2 }],
        [200, { lineNumber: 2, input: '{"n":2}' }],
      ];
      expect(await nightjar('batch', 'items', 'run-1', '--state', 'failed', '--limit', '1')).toBe(0);
      expect(received[0]?.path).toBe('/api/v1/batches/runs/run-1/items?state=failed&limit=1');
      expect(terminal.out).toEqual([
        expect.stringMatching(/^LINE +STATE +ATTEMPTS +MS +RESULT$/),
        expect.stringMatching(/^2 +failed +3 +2 +Error: no such thing$/),
        'There are more: --after-line 2',
      ]);
      await nightjar('batch', 'items', 'run-1', '--line', '2');
      expect(received[1]?.path).toBe('/api/v1/batches/runs/run-1/items/2');
      expect(JSON.parse(terminal.out[3] ?? '')).toEqual({ lineNumber: 2, input: '{"n":2}' });
    });

    it('exports results to the terminal, or to a file that is whole', async () => {
      answers = [
        [200, { lineNumber: 1 }],
        [200, { lineNumber: 1 }],
        [404, { error: { code: 'not_found', message: 'There is no batch run "run-1".' } }],
      ];
      expect(await nightjar('batch', 'export', 'run-1', '--state', 'failed', '--input')).toBe(0);
      expect(received[0]?.path).toBe(
        '/api/v1/batches/runs/run-1/export?state=failed&format=jsonl&include=input',
      );
      expect(terminal.out).toEqual(['{"lineNumber":1}']);
      const out = join(folder, 'results.csv');
      expect(await nightjar('batch', 'export', 'run-1', '--format', 'csv', '--out', out)).toBe(0);
      expect(received[1]?.path).toBe('/api/v1/batches/runs/run-1/export?format=csv');
      expect(await readFile(out, 'utf8')).toBe('{"lineNumber":1}');
      expect(await nightjar('batch', 'export', 'run-1', '--out', join(folder, 'none'))).toBe(1);
      expect((await readdir(folder)).sort()).toEqual(['results.csv']);
    });

    it('waits for the end when it is to watch', async () => {
      answers = [
        [201, accepted],
        [200, RUN],
      ];
      expect(await submit('--watch')).toBe(0);
      expect(received[1]?.path).toBe('/api/v1/batches/runs/run-1');
      expect(terminal.out).toContain('Run run-1 succeeded.');
    });

    it('fails when items failed', async () => {
      answers = [[200, { ...RUN, state: 'completedWithFailures', itemsFailed: 1, itemsSucceeded: 2 }]];
      expect(await nightjar('batch', 'watch', 'run-1')).toBe(1);
      expect(terminal.out).toContain('3 items: 2 succeeded, 1 failed; 1 s at 3 items/s');
    });

    it('lists the newest runs', async () => {
      answers = [[200, { runs: [RUN] }]];
      expect(await nightjar('batch', 'list', '--limit', '5')).toBe(0);
      expect(received[0]?.path).toBe('/api/v1/batches/runs?limit=5');
      expect(terminal.out[1]).toBe('run-1  items.jsonl  invoices/process  succeeded  3 of 3  0');
    });

    it('says why a run is not running', async () => {
      answers = [[200, { isHeldUp: true, reasons: [{ code: 'NO_MACHINES', message: 'There is none.' }] }]];
      expect(await nightjar('batch', 'why', 'run-1')).toBe(0);
      expect(received[0]?.path).toBe('/api/v1/batches/runs/run-1/why');
      expect(terminal.out).toEqual(['NO_MACHINES: There is none.']);
    });

    it('sends a deadline, and refuses what is no time', async () => {
      answers = [[201, accepted]];
      expect(await submit('--deadline', '2026-12-01T06:00:00+01:00')).toBe(0);
      expect(received[0]?.path).toContain('deadlineAt=2026-12-01T05%3A00%3A00.000Z');
      expect(await submit('--deadline', 'six')).toBe(2);
    });

    it('cancels a run', async () => {
      answers = [[202, { ...RUN, state: 'cancelling' }]];
      expect(await nightjar('batch', 'cancel', 'run-1')).toBe(0);
      expect(received[0]).toMatchObject({ method: 'POST', path: '/api/v1/batches/runs/run-1/cancel' });
    });
  });

  describe('batch, what failed', () => {
    const accepted = { runId: 'run-2', batchId: 'batch-1', itemsTotal: 2, state: 'waiting' };
    const bodyOf = (index: number): unknown => JSON.parse(received[index]?.body.toString() || 'null');

    it('ends a run at once', async () => {
      answers = [[202, { ...RUN, state: 'cancelling' }]];
      expect(await nightjar('batch', 'cancel', 'run-1', '--now')).toBe(0);
      expect(received[0]).toMatchObject({ method: 'POST', path: '/api/v1/batches/runs/run-1/terminate' });
      expect(terminal.out).toEqual(['Run run-1 is being terminated.']);
    });

    it('shows the groups, and what has been healed', async () => {
      const seen = { firstSeenAt: '2026-11-30T01:00:00.000Z', lastSeenAt: '2026-11-30T01:05:00.000Z' };
      const group = { group: 'ab12', type: 'IbanError', message: `bad ${'x'.repeat(99)}\nmore`, items: 1200 };
      // Asked for at the same time: both answers hold both.
      const answer = {
        groups: [{ ...group, ...seen, sampleLines: [4, 9] }],
        deadLetters: 1200,
        healed: 20,
        replaying: 3,
      };
      answers = [
        [200, answer],
        [200, answer],
      ];
      expect(await nightjar('batch', 'failures', 'run-1')).toBe(0);
      expect(received.map(({ path }) => path).sort()).toEqual([
        '/api/v1/batches/runs/run-1/dead-letters',
        '/api/v1/batches/runs/run-1/failure-groups?limit=20',
      ]);
      expect(terminal.out[1]).toMatch(/^ab12 +1[\s,.]?200 .* 4,9,… +IbanError: bad x+…$/);
      expect(terminal.out.at(-1)).toMatch(/^1[\s,.]?200 failed: 20 healed, 3 being run again\.$/);
    });

    it('says that nothing failed', async () => {
      const answer = { groups: [], deadLetters: 0, healed: 0, replaying: 0 };
      answers = [
        [200, answer],
        [200, answer],
      ];
      expect(await nightjar('batch', 'failures', 'run-1')).toBe(0);
      expect(terminal.out).toEqual(['No item has failed.']);
    });

    it.each([
      [['--all'], { all: true }],
      [['--group', 'ab12', '--again'], { group: 'ab12', again: true }],
      [['--line', '4', '--line', '9'], { lines: [4, 9] }],
    ])('runs items again: %j', async (options, body) => {
      answers = [[201, accepted]];
      expect(await nightjar('batch', 'retry', 'run-1', ...options)).toBe(0);
      expect(received[0]).toMatchObject({ method: 'POST', path: '/api/v1/batches/runs/run-1/replay' });
      expect(bodyOf(0)).toEqual(body);
      expect(terminal.out).toEqual(['Run run-2 is accepted: 2 items.']);
    });

    it('fails when items fail again', async () => {
      answers = [
        [201, accepted],
        [200, { ...RUN, state: 'completedWithFailures', itemsFailed: 1, itemsSucceeded: 2 }],
      ];
      expect(await nightjar('batch', 'retry', 'run-1', '--all', '--watch')).toBe(1);
    });

    it('runs again what has not succeeded', async () => {
      answers = [
        [201, accepted],
        [200, RUN],
      ];
      expect(await nightjar('batch', 'rerun', 'run-1', '--watch')).toBe(0);
      expect(received.map(({ method, path }) => `${method} ${path}`)).toEqual([
        'POST /api/v1/batches/runs/run-1/rerun',
        'GET /api/v1/batches/runs/run-2',
      ]);
    });
  });

  it('lists functions with what sets them off', async () => {
    const common = { app: 'shop', programmingModel: 'v4', disabled: false };
    const http = { type: 'httpTrigger', route: 'hello/{name?}', methods: ['get', 'post'] };
    const timer = { type: 'timerTrigger', schedule: '0 */15 * * * *' };
    answers = [
      [
        200,
        {
          functions: [
            { ...common, name: 'hello', trigger: 'httpTrigger', bindings: [http] },
            { ...common, name: 'quarter', trigger: 'timerTrigger', disabled: true, bindings: [timer] },
          ],
        },
      ],
    ];
    expect(await nightjar('functions', 'list')).toBe(0);
    expect(terminal.out.slice(1)).toEqual([
      'shop  hello     httpTrigger   GET,POST hello/{name?}',
      'shop  quarter   timerTrigger  0 */15 * * * *          disabled',
    ]);
  });

  it('shows the container settings of an app, and where a machine gives less', async () => {
    const settings = { memoryBytes: 1024, network: { policy: 'allowList', allow: ['db:1'] } };
    const clamped = [{ setting: 'memoryBytes', wanted: 1024, given: 512 }];
    answers = [[200, { app: 'shop', settings, clampedOn: [{ machine: 'desk', settings: clamped }] }]];
    expect(await nightjar('app', 'container', 'shop')).toBe(0);
    expect(received.map(({ method, path }) => [method, path])).toEqual([
      ['GET', '/api/v1/apps/shop/container-settings'],
    ]);
    expect(terminal.out.join('\n')).toMatch(
      /memoryBytes +1024\nnetwork +allowList db:1\nOn desk, memoryBytes is 512 in place of 1024\./,
    );
  });

  it('changes only the container settings that are named, and forgets all with --reset', async () => {
    const before = { app: 'shop', settings: { cpus: 2, pids: 64 }, clampedOn: [] };
    answers = [
      [200, before],
      [200, before],
      [200, before],
    ];
    const network = ['--network', 'allowList', '--allow', 'db:1', '10.0.0.0/8:2'];
    expect(
      await nightjar('app', 'container', 'shop', '--memory', '512MiB', '--cpus', '0.5', ...network),
    ).toBe(0);
    expect(await nightjar('app', 'container', 'shop', '--reset')).toBe(0);
    const puts = received
      .filter(({ method }) => method === 'PUT')
      .map(({ body }) => JSON.parse(body.toString()) as unknown);
    expect(puts).toEqual([
      {
        cpus: 0.5,
        pids: 64,
        memoryBytes: 512 * 2 ** 20,
        network: { policy: 'allowList', allow: ['db:1', '10.0.0.0/8:2'] },
      },
      {},
    ]);
  });

  describe('app settings', () => {
    const settings = [
      { name: 'DB_PASSWORD', changedAt: '2026-11-30T01:02:03.000Z', changedBy: 'ops', keyId: 'k1' },
      { name: 'SCM_X', changedAt: '2026-11-30T01:02:03.000Z', changedBy: 'ops', keyId: 'k1', value: 'yes' },
    ];
    const listed = { app: 'shop', revision: 2, settings };
    const sent = (): unknown[] =>
      received.map(({ method, path, body }) => {
        const value: unknown = body.length > 0 ? JSON.parse(body.toString()) : null;
        return [method, path, value];
      });

    it('lists names, never a value that is written only', async () => {
      answers = [[200, listed]];
      expect(await nightjar('app', 'settings', 'list', 'shop')).toBe(0);
      expect(sent()).toEqual([['GET', '/api/v1/apps/shop/settings', null]]);
      expect(terminal.out[1]).toMatch(/^DB_PASSWORD +\(written only\) +2026-11-30T01:02:03.000Z +ops$/);
      expect(terminal.out[2]).toMatch(/^SCM_X +yes /);
    });

    it('sets a value from a file, so that it stands in no history, without its last line end', async () => {
      answers = [[200, { app: 'shop', ...settings[0] }]];
      await writeFile(join(folder, 'secret'), 'hunter2\n\n');
      const file = join(folder, 'secret');
      expect(await nightjar('app', 'settings', 'set', 'shop', 'DB_PASSWORD', '--file', file)).toBe(0);
      expect(sent()).toEqual([['PUT', '/api/v1/apps/shop/settings/DB_PASSWORD', { value: 'hunter2\n' }]]);
      expect(terminal.out.join() + terminal.err.join()).not.toContain('hunter2');
    });

    it('sets what is no secret from the command line, and refuses both at once', async () => {
      answers = [[200, { app: 'shop', ...settings[1] }]];
      expect(await nightjar('app', 'settings', 'set', 'shop', 'SCM_X', '--value', '')).toBe(0);
      expect(sent()).toEqual([['PUT', '/api/v1/apps/shop/settings/SCM_X', { value: '' }]]);
      expect(await nightjar('app', 'settings', 'set', 'shop', 'X', '--value', '1', '--file', 'f')).toBe(2);
      expect(await nightjar('app', 'settings', 'set', 'shop', 'X', '--file', join(folder, 'none'))).toBe(2);
      expect(received).toHaveLength(1);
    });

    it('removes several in one change, and says which', async () => {
      answers = [[200, listed]];
      expect(await nightjar('app', 'settings', 'unset', 'shop', 'A', 'B')).toBe(0);
      expect(sent()).toEqual([['PATCH', '/api/v1/apps/shop/settings', { A: null, B: null }]]);
      expect(terminal.out).toEqual(['shop has no settings A, B any more.']);
    });

    it('seals all anew', async () => {
      answers = [[200, { keyId: 'k2', resealed: 7 }]];
      expect(await nightjar('app', 'settings', 'rotate')).toBe(0);
      expect(sent()).toEqual([['POST', '/api/v1/settings-key/rotation', null]]);
      expect(terminal.out[0]).toMatch(/^7 settings were sealed anew, by the key k2\./);
    });
  });

  it('lists invocations by the filters', async () => {
    answers = [[200, { invocations: [] }]];
    await nightjar('invocations', 'list', '--app', 'shop', '--function', 'hello', '--state', 'failed');
    expect(received[0]?.path).toBe('/api/v1/invocations?limit=20&app=shop&state=failed&function=hello');
  });

  it('shows an invocation with its log', async () => {
    // Asked for at the same time: both answers hold both.
    const answer = { id: 'i-1', state: 'failed', lines: [{ message: 'on the way' }] };
    answers = [
      [200, answer],
      [200, answer],
    ];
    expect(await nightjar('invocations', 'show', 'i-1')).toBe(0);
    expect(received.map(({ path }) => path).sort()).toEqual([
      '/api/v1/invocations/i-1',
      '/api/v1/invocations/i-1/logs',
    ]);
    expect(JSON.parse(terminal.out.join('\n'))).toMatchObject({
      id: 'i-1',
      logs: [{ message: 'on the way' }],
    });
  });

  it.each([
    [['nothing']],
    [['app', 'settings', 'shop', '--memory', 'much']],
    [['app', 'settings', 'shop', '--network', 'all']],
    [['app', 'settings', 'shop', '--allow', 'db:1']],
    [['batch', 'submit', 'file.jsonl']],
    [['batch', 'list', '--limit', '0']],
    [['batch', 'retry', 'run-1']],
    [['batch', 'retry', 'run-1', '--all', '--line', '4']],
    [['batch', 'retry', 'run-1', '--line', 'first']],
    [['batch', 'export', 'run-1', '--format', 'xml']],
    [['batch', 'items', 'run-1', '--state', 'lost']],
    [['functions', 'list', '--url', 'nonsense']],
    [['batch', 'submit', '/nowhere.jsonl', '--app', 'a', '--function', 'f']],
  ])('takes %j for wrong usage', async (args) => {
    expect(await nightjar(...args)).toBe(2);
    expect(terminal.err.join('\n')).not.toBe('');
    expect(received).toEqual([]);
  });

  it('prints users for Redis, with their passwords beside the lines', async () => {
    expect(await nightjar('redis-acl', '--prefix', 'night', '--pool', 'gpu', '--os', 'windows')).toBe(0);
    expect(terminal.out.map((line) => line.split(' ').slice(0, 4).join(' '))).toEqual([
      'user night-management reset on',
      'user night-worker-gpu-windows reset on',
    ]);
    expect(terminal.out[1]).toContain('~night:gpu.windows.interactive:*');
    const [, password = ''] = /worker-gpu-windows:([\w-]{43})@/.exec(terminal.err[1] ?? '') ?? [];
    const hash = createHash('sha256').update(password).digest('hex');
    expect(terminal.out[1]).toContain(`#${hash}`);
    expect(await nightjar('redis-acl', '--os', 'amiga')).toBe(2);
    expect(received).toEqual([]);
  });

  it('shows its help, which is no failure', async () => {
    expect(await nightjar('--help')).toBe(0);
    expect(terminal.out.join('\n')).toContain('Exit codes: 0 done');
  });

  it('says where it looked for a management that is not there', async () => {
    environment = { NIGHTJAR_URL: 'http://127.0.0.1:1' };
    expect(await nightjar('functions', 'list')).toBe(1);
    expect(terminal.err[0]).toMatch(/^http:\/\/127\.0\.0\.1:1 can't be reached: .*NIGHTJAR_URL/);
  });

  it('says what an answer says that is not of its form', async () => {
    answers = [[502, 'Bad Gateway']];
    expect(await nightjar('functions', 'list')).toBe(1);
    expect(terminal.err[0]).toBe('GET /api/v1/functions: 502 "Bad Gateway"');
  });
});
