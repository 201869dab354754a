import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { RecordingTerminal } from '../../../../test/support/doubles/recording-terminal.js';
import { makeTempFolder, removeFolder } from '../../../../test/support/temp-folder.js';
import { runCli } from '../run-cli.js';

const BATCH = {
  app: 'billing',
  name: 'open invoices',
  version: 3,
  definition: { window: { start: '22:00', end: '06:00', timeZone: 'UTC' } },
  pause: { by: 'Ada', note: 'moving' },
};

describe('nightjar batch, definitions', () => {
  let server: Server;
  let folder: string;
  let received: string[];
  let answer: object;
  let terminal: RecordingTerminal;

  beforeEach(async () => {
    received = [];
    answer = BATCH;
    terminal = new RecordingTerminal();
    folder = await makeTempFolder('definitions');
    server = createServer((request, response) => {
      void text(request).then((body) => {
        received.push(`${request.method} ${request.url} ${body}`.trim());
        response.end(JSON.stringify(answer));
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterEach(async () => {
    server.closeAllConnections();
    server.close();
    await removeFolder(folder);
  });

  const nightjar = (...args: string[]): Promise<number> => {
    const NIGHTJAR_URL = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const signal = new AbortController().signal;
    return runCli(args, { terminal, environment: { NIGHTJAR_URL }, signal });
  };

  const fileOf = async (content: string): Promise<string> => {
    await writeFile(join(folder, 'file'), content);
    return join(folder, 'file');
  };

  it.each([
    ['YAML', 'app: billing\nname: open invoices\npriority: 3\n'],
    ['JSON', '{"app":"billing","name":"open invoices","priority":3}'],
  ])('defines a batch by a file of %s', async (_form, content) => {
    expect(await nightjar('batch', 'define', await fileOf(content))).toBe(0);
    expect(received).toEqual([
      'PUT /api/v1/apps/billing/batches/open%20invoices {"app":"billing","name":"open invoices","priority":3}',
    ]);
    expect(terminal.out).toEqual(['billing/open invoices is defined, version 3.']);
  });

  it('lists and shows definitions', async () => {
    answer = { batches: [BATCH] };
    expect(await nightjar('batch', 'definitions', '--app', 'billing')).toBe(0);
    expect(received).toEqual(['GET /api/v1/batches?app=billing&limit=1000']);
    expect(terminal.out[1]).toMatch(
      /^billing\/open invoices +3 +22:00 to 06:00 \(UTC\) +paused by Ada: moving$/,
    );
    answer = BATCH;
    expect(await nightjar('batch', 'show', 'billing/open invoices')).toBe(0);
    expect(JSON.parse(terminal.out.slice(2).join('\n'))).toEqual(BATCH.definition);
  });

  it('runs, pauses and resumes', async () => {
    answer = { ...BATCH, runId: 'r1' };
    expect(await nightjar('batch', 'run', 'billing/b', '--priority', '-5')).toBe(0);
    expect(await nightjar('batch', 'pause', 'billing/b', '--note', 'why')).toBe(0);
    expect(await nightjar('batch', 'resume', 'billing/b')).toBe(0);
    expect(received).toEqual([
      'POST /api/v1/apps/billing/batches/b/runs {"priority":-5}',
      'POST /api/v1/apps/billing/batches/b/pause {"note":"why"}',
      'POST /api/v1/apps/billing/batches/b/resume',
    ]);
  });

  it('puts, lists and removes calendars', async () => {
    answer = {
      version: 2,
      calendars: [{ name: 'nrw', version: 2, calendar: { timeZone: 'UTC', holidays: [{}] } }],
    };
    expect(await nightjar('calendar', 'put', 'nrw', await fileOf('timeZone: UTC'))).toBe(0);
    expect(await nightjar('calendar', 'list')).toBe(0);
    expect(await nightjar('calendar', 'remove', 'nrw')).toBe(0);
    expect(received).toEqual([
      'PUT /api/v1/calendars/nrw {"timeZone":"UTC"}',
      'GET /api/v1/calendars',
      'DELETE /api/v1/calendars/nrw',
    ]);
    expect(terminal.out[2]).toMatch(/^nrw +2 +UTC +1$/);
  });

  it.each([
    ['a name without its app', ['batch', 'show', 'invoices']],
    ['a file that is not there', ['batch', 'define', '/nowhere/x.json']],
  ])('does not take %s', async (_what, args) => {
    expect(await nightjar(...args)).toBe(2);
    expect(received).toEqual([]);
  });

  it.each(['a: [', '- 1', 'name: x'])('does not take the file %j', async (content) => {
    expect(await nightjar('batch', 'define', await fileOf(content))).toBe(2);
  });
});
