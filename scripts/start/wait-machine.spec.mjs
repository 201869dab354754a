import { once } from 'node:events';
import { createServer } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { waitMachine } from './wait-machine.mjs';

describe('waitMachine', () => {
  /** @type {import('node:http').Server} */
  let server;
  /** @type {(() => object)[]} what is listed, look after look; the last of them again and again */
  let looks;
  /** @type {string[]} */
  let said;

  beforeEach(async () => {
    said = [];
    server = createServer((_request, response) => {
      const look = looks.length > 1 ? looks.shift() : looks[0];
      response.end(JSON.stringify({ machines: [look?.()] }));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  /** @param {string} state @param {string} reason */
  const machine = (state, reason) => () => ({
    name: 'desk',
    runtime: 'docker',
    state,
    reason,
    lastSeenAt: new Date().toISOString(),
  });
  /** @param {number} timeoutMs */
  const wait = (timeoutMs) => {
    const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
    return waitMachine(`http://127.0.0.1:${port}`, {
      adminKey: undefined,
      sinceMs: 0,
      timeoutMs,
      signal: new AbortController().signal,
      say: (line) => said.push(line),
    });
  };

  it('says once that somebody uses the machine, and what to do, and goes on waiting', async () => {
    looks = [machine('unhealthy', 'TEST'), machine('owner', 'USER_ACTIVE'), machine('owner', 'USER_ACTIVE')];
    looks.push(machine('ready', ''));
    expect(await wait(60_000)).toMatchObject({ name: 'desk', runtime: 'docker' });
    expect(said).toHaveLength(1);
    expect(said[0]).toMatch(/desk is owner \(USER_ACTIVE\).*NIGHTJAR_CAPACITY_PROFILE=dedicated/);
  });

  it('fails in the end with what the machines say, and the same advice', async () => {
    looks = [machine('owner', 'USER_ACTIVE')];
    await expect(wait(300)).rejects.toThrow(/after 0.3 s; desk is owner.*CAPACITY_PROFILE=dedicated/);
  });

  it('has no advice about owners for a machine that is unwell', async () => {
    looks = [machine('unhealthy', 'ENGINE_DOWN')];
    await expect(wait(300)).rejects.toThrow(/desk is unhealthy \(ENGINE_DOWN\)$/);
    expect(said).toEqual([]);
  });
});
