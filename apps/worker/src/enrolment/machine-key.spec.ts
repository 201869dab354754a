import { once } from 'node:events';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { InvalidInputError, UnavailableError } from '#shared/domain/errors.js';
import { makeTempFolder, removeFolder } from '../../../../test/support/temp-folder.js';
import { EnrolmentRefusedError } from './enrol.js';
import { machineKey } from './machine-key.js';

const ENROLLED: [number, string] = [204, ''];
const enrolmentToken = 'an-enrolment-token';
const workerKey = 'the-common-worker-key';

describe('machineKey', () => {
  let folder: string;
  let server: Server;
  let managementUrl: string;
  let answers: [status: number, body: string][];
  let received: { token: string; machineId: string; keyHash: string }[];

  beforeEach(async () => {
    folder = await makeTempFolder('machine-key');
    received = [];
    server = createServer((request, response) => {
      void json(request).then((body) => {
        received.push(body as (typeof received)[number]);
        const [status, text] = answers.shift() ?? ENROLLED;
        response.writeHead(status).end(text);
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    managementUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(async () => {
    server.closeAllConnections();
    server.close();
    await removeFolder(folder);
  });

  const ask = (more: object = {}): Promise<string> => machineKey(folder, 'm', { managementUrl, ...more });

  it('exchanges the token once, keeps the key for its owner alone, and sends its hash only', async () => {
    answers = [ENROLLED];
    const key = await ask({ enrolmentToken, workerKey });
    expect(key).toMatch(/^[\w-]{43}$/);
    expect(received).toEqual([
      { token: enrolmentToken, machineId: 'm', keyHash: expect.stringMatching(/^[0-9a-f]{64}$/) },
    ]);
    expect((await readFile(join(folder, 'machine-key'), 'utf8')).trim()).toBe(key);
    expect((await stat(join(folder, 'machine-key'))).mode & 0o777).toBe(0o600);
    expect(await ask({ enrolmentToken, workerKey })).toBe(key);
    expect(await ask()).toBe(key);
    expect(received).toHaveLength(1);
  });

  it('asks again with the same key when the answer got lost', async () => {
    answers = [[502, 'bad gateway'], ENROLLED];
    await expect(ask({ enrolmentToken })).rejects.toThrow(UnavailableError);
    await ask({ enrolmentToken });
    expect(received[1]).toEqual(received[0]);
  });

  it('makes another key when writing the first was cut off', async () => {
    answers = [ENROLLED];
    await writeFile(join(folder, 'machine-key.draft'), '');
    expect(await ask({ enrolmentToken })).toMatch(/^[\w-]{43}$/);
  });

  it.each([
    [401, '{"error":{"message":"The enrolment token has expired."}}', /has expired/],
    [409, '{"error":{"message":"The machine has a key already."}}', /a key already/],
    [400, 'not json', /not json/],
  ])('is refused for good with %s', async (status, body, why) => {
    answers = [[status, body]];
    const asked = ask({ enrolmentToken, workerKey });
    await expect(asked).rejects.toThrow(EnrolmentRefusedError);
    await expect(asked).rejects.toThrow(why);
  });

  it('waits for a management that is not there', async () => {
    await expect(ask({ enrolmentToken, managementUrl: 'http://127.0.0.1:1' })).rejects.toThrow(
      UnavailableError,
    );
  });

  it('is the common key where there is no other, and must be something', async () => {
    expect(await ask({ workerKey })).toBe(workerKey);
    await expect(ask()).rejects.toThrow(InvalidInputError);
    expect(received).toEqual([]);
  });
});
