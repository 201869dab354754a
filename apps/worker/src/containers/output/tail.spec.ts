import { describe, expect, it } from '@jest/globals';
import { Tail } from './tail.js';

describe('Tail', () => {
  it('is everything while that is little', () => {
    const tail = new Tail();
    tail.push(Buffer.from('first\n'));
    tail.push(Buffer.from('second\n'));
    expect(tail.text()).toBe('first\nsecond\n');
  });

  it('is the end of much, in small pieces or large ones', () => {
    for (const size of [1, 7, 5000, 100_000]) {
      const tail = new Tail();
      const text = Array.from({ length: 30_000 }, (_unused, index) => String(index % 10)).join('');
      for (let at = 0; at < text.length; at += size) tail.push(Buffer.from(text.slice(at, at + size)));
      expect(tail.text()).toBe(text.slice(-8192));
    }
  });

  it('begins with a whole character', () => {
    const tail = new Tail();
    tail.push(Buffer.from(`${'🦉'.repeat(5000)}x`));
    expect(tail.text()).toBe(`${'🦉'.repeat(2047)}x`);
  });
});
