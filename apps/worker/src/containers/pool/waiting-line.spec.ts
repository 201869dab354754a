import { describe, expect, it } from '@jest/globals';
import type { ContainerRequest } from './placement.js';
import { PoolClosedError, WaitingLine } from './waiting-line.js';

const order = (key: string): ContainerRequest => ({
  key,
  shape: '',
  memoryBytes: 1,
  concurrency: 1,
  canSpecialise: true,
});

describe('WaitingLine', () => {
  it('offers places in the order of arrival, and names one head at a time', async () => {
    const line = new WaitingLine<ContainerRequest, string>();
    const leases = ['a', 'b', 'c'].map((key) => line.join(order(key), undefined));
    const asked: [string, boolean][] = [];
    line.offer(({ key }, isHead) => {
      asked.push([key, isHead]);
      return key === 'a' ? 'lease of a' : undefined;
    });
    expect(asked).toEqual([
      ['a', true],
      ['b', true],
      ['c', false],
    ]);
    line.offer(({ key }) => (key === 'c' ? 'lease of c' : undefined));
    expect(await leases[0]).toBe('lease of a');
    expect(await leases[2]).toBe('lease of c');
    expect(line.length).toBe(1);
    line.close();
    await expect(leases[1]).rejects.toThrow(PoolClosedError);
  });

  it('lets go of who has given up', async () => {
    const line = new WaitingLine<ContainerRequest, string>();
    const abort = new AbortController();
    const lease = line.join(order('a'), abort.signal);
    const other = line.join(order('b'), new AbortController().signal);
    abort.abort();
    expect(await lease).toBeNull();
    const asked: string[] = [];
    line.offer(({ key }) => {
      asked.push(key);
      return key;
    });
    expect(asked).toEqual(['b']);
    expect(await other).toBe('b');
  });

  it('does not take who had given up before', async () => {
    const line = new WaitingLine<ContainerRequest, string>();
    expect(await line.join(order('a'), AbortSignal.abort())).toBeNull();
    expect(line.length).toBe(0);
  });
});
