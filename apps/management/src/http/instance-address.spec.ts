import { describe, expect, it } from '@jest/globals';
import { originOf } from './instance-address.js';

describe('originOf', () => {
  it.each([
    ['127.0.0.1', 'http://127.0.0.1:7070'],
    ['::1', 'http://[::1]:7070'],
    ['0.0.0.0', 'http://machine:7070'],
    ['::', 'http://machine:7070'],
  ])('%s', (address, origin) => {
    expect(originOf({ address, port: 7070 }, 'machine')).toBe(origin);
  });
});
