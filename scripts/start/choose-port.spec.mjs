import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { anyFreePort } from '../services/free-port.mjs';
import { choosePort } from './choose-port.mjs';

describe('choosePort', () => {
  /** @type {import('node:net').Server} */
  let occupant;
  let taken = 0;

  beforeEach(async () => {
    taken = await anyFreePort();
    occupant = createServer().listen(taken, '127.0.0.1');
    await once(occupant, 'listening');
  });
  afterEach(() => void occupant.close());

  it('takes the wanted port when it is free', async () => {
    const port = await anyFreePort();
    expect(await choosePort({ port, portIsGiven: false })).toEqual({ port });
  });

  it('takes another, and says so, when the customary one is taken', async () => {
    const { port, remark } = await choosePort({ port: taken, portIsGiven: false });
    expect(port).not.toBe(taken);
    expect(remark).toContain(`Port ${taken} is taken: using ${port}`);
  });

  it('does not take another for a port that somebody asked for', async () => {
    await expect(choosePort({ port: taken, portIsGiven: true })).rejects.toThrow(`Port ${taken} is taken`);
  });
});
