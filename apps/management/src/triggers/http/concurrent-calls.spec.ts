import { describe, expect, it } from '@jest/globals';
import { UnavailableError } from '#shared/domain/errors.js';
import type { CallClient } from '../../dispatch/job-making.js';
import { ConcurrentCalls } from './concurrent-calls.js';
import { ClientGoneError } from './read-body.js';

const stays: CallClient = { isGone: false, whenGone: () => undefined };
const LONG_MS = 60_000;

function leaving(): { client: CallClient; leave: () => void } {
  let listener: () => void = () => undefined;
  return { client: { isGone: false, whenGone: (given) => (listener = given) }, leave: () => listener() };
}

describe('ConcurrentCalls', () => {
  it('lets as many through at once as the app has said, and the others in their order', async () => {
    const calls = new ConcurrentCalls();
    const order: number[] = [];
    let running = 0;
    let most = 0;
    const call = async (number: number): Promise<void> => {
      await calls.enter('shop', 3, LONG_MS, stays);
      order.push(number);
      most = Math.max(most, (running += 1));
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
      calls.leave('shop');
    };
    const numbers = Array.from({ length: 50 }, (_, index) => index);
    await Promise.all(numbers.map(call));
    expect([most, running, order]).toEqual([3, 0, numbers]);
  });

  it('counts each app for itself, and forgets apps without calls', async () => {
    const calls = new ConcurrentCalls();
    await calls.enter('shop', 1, LONG_MS, stays);
    await calls.enter('bank', 1, LONG_MS, stays);
    calls.leave('shop');
    await calls.enter('shop', 1, LONG_MS, stays);
    calls.leave('shop');
    calls.leave('bank');
  });

  it('gives up when the turn does not come in time, and takes no place', async () => {
    const calls = new ConcurrentCalls();
    await calls.enter('shop', 1, LONG_MS, stays);
    await expect(calls.enter('shop', 1, 1, stays)).rejects.toThrow(UnavailableError);
    calls.leave('shop');
    await calls.enter('shop', 1, LONG_MS, stays);
  });

  it('forgets a client that goes while it waits, and lets the next one through', async () => {
    const calls = new ConcurrentCalls();
    await calls.enter('shop', 1, LONG_MS, stays);
    const { client, leave } = leaving();
    const gone = calls.enter('shop', 1, LONG_MS, client);
    const next = calls.enter('shop', 1, LONG_MS, stays);
    leave();
    await expect(gone).rejects.toThrow(ClientGoneError);
    calls.leave('shop');
    await next;
    leave();
  });
});
