import { describe, expect, it } from '@jest/globals';
import type { ContainerOutputLine } from '../container-runtime.js';
import { ContainerOutput } from './container-output.js';

describe('ContainerOutput', () => {
  it('keeps the streams apart', () => {
    const output = new ContainerOutput();
    const lines: ContainerOutputLine[] = [];
    output.onLine((line) => lines.push(line));
    output.push('stdout', Buffer.from('one '));
    output.push('stderr', Buffer.from('bad\nworse'));
    output.push('stdout', Buffer.from('line\n'));
    output.end();
    expect(lines).toEqual([
      { stream: 'stderr', text: 'bad' },
      { stream: 'stdout', text: 'one line' },
      { stream: 'stderr', text: 'worse' },
    ]);
    expect(output.lastStderr()).toBe('bad\nworse');
  });

  it('keeps early lines for the first listener, but not without end', () => {
    const output = new ContainerOutput();
    const line = Buffer.from(`${'x'.repeat(1023)}\n`);
    for (let index = 0; index < 1000; index += 1) output.push('stdout', line);
    let lines = 0;
    output.onLine(() => (lines += 1));
    expect(lines).toBe(256);
    output.push('stdout', line);
    expect(lines).toBe(257);
  });
});
