import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { startRedis, type TestRedis } from './redis.js';

describe('startRedis', () => {
  let redis: TestRedis;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.stop());

  const use = async <T>(work: (client: Redis) => Promise<T>): Promise<T> => {
    const client = new Redis(redis.url);
    try {
      return await work(client);
    } finally {
      client.disconnect();
    }
  };

  it('keeps what was written before it was killed', async () => {
    await use((client) => client.set('kept', 'yes'));
    await redis.kill();
    await redis.restart();
    expect(await use((client) => client.get('kept'))).toBe('yes');
  });

  it('forgets everything when it is flushed', async () => {
    await use((client) => client.set('kept', 'no'));
    await redis.flush();
    expect(await use((client) => client.dbsize())).toBe(0);
  });
});
