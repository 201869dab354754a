import { writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { runCli } from '../run-cli.js';
import { RecordingTerminal } from '../../../../test/support/doubles/recording-terminal.js';
import { makeTempFolder, removeFolder } from '../../../../test/support/temp-folder.js';

const when = '2026-11-29T12:00:00.000Z';
const policy = (scope: string, name: string, knobs: object) => ({
  scope,
  name,
  version: 2,
  knobs,
  changedBy: 'ada',
  changedAt: when,
});

describe('nightjar policies', () => {
  let server: Server;
  let received: string[];
  let answers: Record<string, unknown>;
  let terminal: RecordingTerminal;

  beforeEach(async () => {
    received = [];
    answers = {
      'GET /api/v1/machines': { machines: [{ id: '0199-desk', name: 'desk', state: 'ready', labels: {} }] },
      'GET /api/v1/policies': {
        policies: [policy('pool', 'default', { startIdleSeconds: 60, profile: 'desktop-vacate' })],
      },
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
    return runCli(['policies', ...args], { terminal, environment: { NIGHTJAR_URL }, signal });
  };

  it('shows all, or the knobs of one', async () => {
    expect(await nightjar('show')).toBe(0);
    expect(terminal.out).toEqual([
      'SCOPE  NAME     VERSION  BY   KNOBS',
      'pool   default  2        ada  startIdleSeconds=60 profile=desktop-vacate',
    ]);
    answers['GET /api/v1/policies/group/site%3Dberlin'] = policy('group', 'site=berlin', {
      cpuCapPercent: 9,
    });
    expect(await nightjar('show', 'group', 'site=berlin')).toBe(0);
    expect(terminal.out.slice(2).join('')).toContain('"cpuCapPercent": 9');
  });

  it('changes the knobs that it names, and leaves the others', async () => {
    answers['PUT /api/v1/policies/pool/default'] = policy('pool', 'default', { profile: 'dedicated' });
    expect(await nightjar('set', 'pool', 'default', 'profile=dedicated', 'hours=always')).toBe(0);
    expect(received.at(-1)).toBe(
      'PUT /api/v1/policies/pool/default {"startIdleSeconds":60,"profile":["dedicated"],"hours":"always"}',
    );
    expect(terminal.out).toEqual(['pool default, version 2: profile=dedicated']);
  });

  it("makes a machine's policy, which it finds by name", async () => {
    answers['PUT /api/v1/policies/machine/0199-desk'] = policy('machine', '0199-desk', { cpuCapPercent: 9 });
    expect(await nightjar('set', 'machine', 'desk', 'cpuCapPercent=9')).toBe(0);
    expect(received.at(-1)).toBe('PUT /api/v1/policies/machine/0199-desk {"cpuCapPercent":9}');
  });

  it('replaces all knobs from a file', async () => {
    const folder = await makeTempFolder('policy');
    const file = join(folder, 'policy.json');
    writeFileSync(file, '{"exclusiveApps":["obs64"]}');
    answers['PUT /api/v1/policies/pool/default'] = policy('pool', 'default', {});
    expect(await nightjar('set', 'pool', 'default', '--file', file)).toBe(0);
    expect(received).toEqual(['PUT /api/v1/policies/pool/default {"exclusiveApps":["obs64"]}']);
    expect(await nightjar('set', 'pool', 'default', '--file', join(folder, 'nothing'))).toBe(2);
    await removeFolder(folder);
  });

  it('removes one, and tells its history', async () => {
    expect(await nightjar('remove', 'pool', 'default')).toBe(0);
    expect(received).toEqual(['DELETE /api/v1/policies/pool/default']);
    const version = { changedBy: 'ada', changedAt: when };
    answers['GET /api/v1/policies/pool/default/history'] = {
      versions: [
        { ...version, version: 2, knobs: null },
        { ...version, version: 1, knobs: { cpuCapPercent: 9 } },
      ],
    };
    expect(await nightjar('history', 'pool', 'default')).toBe(0);
    expect(terminal.out.slice(1)).toEqual([
      'VERSION  WHEN                      BY   KNOBS',
      `2        ${when}  ada  (removed)`,
      `1        ${when}  ada  cpuCapPercent=9`,
    ]);
  });

  it("shows a machine's knobs with who says so; or fails with what is wrong", async () => {
    const path = 'GET /api/v1/machines/0199-desk/policy';
    answers[path] = {
      knobs: {
        hours: { value: { monday: ['19:00-24:00'] }, source: 'pool default' },
        cpuPriority: { value: 'low', source: 'profile background' },
      },
      problems: [],
    };
    expect(await nightjar('of', 'desk')).toBe(0);
    expect(terminal.out).toEqual([
      'KNOB         VALUE                       SAID BY',
      'cpuPriority  low                         profile background',
      'hours        {"monday":["19:00-24:00"]}  pool default',
    ]);
    answers[path] = { knobs: null, problems: ['two knobs contradict each other'] };
    expect(await nightjar('of', 'desk')).toBe(1);
    expect(terminal.err).toEqual(['two knobs contradict each other']);
  });

  it.each([
    [['show', 'pool']],
    [['show', 'site', 'x']],
    [['set', 'pool', 'default']],
    [['set', 'pool', 'default', 'cpu']],
    [['set', 'machine', 'nobody', 'a=1']],
  ])('does not take %j', async (args) => {
    expect(await nightjar(...args)).toBe(2);
    expect(received.filter((one) => one.startsWith('PUT'))).toEqual([]);
  });
});
