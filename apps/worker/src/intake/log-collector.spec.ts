import { describe, expect, it } from '@jest/globals';
import { LogCollector } from './log-collector.js';

const line = (message: string) =>
  ({ loggedAt: new Date(0), level: 'information', category: 'user', message }) as const;

describe('LogCollector', () => {
  it('keeps lines in their order', () => {
    const collector = new LogCollector(1000);
    collector.add(line('a'));
    collector.add(line('b'));
    expect(collector.lines.map(({ message }) => message)).toEqual(['a', 'b']);
    expect(collector.truncated).toBe(false);
  });

  it('drops what is over the limit and says so', () => {
    const collector = new LogCollector(100);
    for (let count = 0; count < 1000; count += 1) collector.add(line('x'.repeat(40)));
    expect(collector.lines).toHaveLength(1);
    expect(collector.truncated).toBe(true);
  });
});
