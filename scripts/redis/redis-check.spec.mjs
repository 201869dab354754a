import { describe, expect, it } from '@jest/globals';
import { judge, withoutPassword } from './redis-check.mjs';

const info = (/** @type {Record<string, string>} */ fields) =>
  `# Server\r\n${Object.entries(fields)
    .map((field) => field.join(':'))
    .join('\r\n')}\r\n`;

describe('judge', () => {
  it('is content with Redis 7 that throws nothing away', () => {
    expect(judge(info({ redis_version: '7.0.15', maxmemory_policy: 'noeviction' }))).toEqual({
      version: '7.0.15',
      warnings: [],
    });
  });

  it('warns of a Redis that throws work away when memory is short', () => {
    const { warnings } = judge(info({ redis_version: '7.4.1', maxmemory_policy: 'allkeys-lru' }));
    expect(warnings).toEqual([expect.stringContaining('allkeys-lru')]);
  });

  it('refuses an old Redis', () => {
    expect(() => judge(info({ redis_version: '6.2.14' }))).toThrow('Redis 6.2.14 is too old');
  });
});

describe('withoutPassword', () => {
  it('hides the password and shows the rest', () => {
    expect(withoutPassword('redis://user:secret@db:6379/2')).toBe('redis://user:…@db:6379/2');
    expect(withoutPassword('redis://db:6379')).toBe('redis://db:6379');
  });
});
