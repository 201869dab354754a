import { describe, expect, it } from '@jest/globals';
import { isForPeople } from './input-devices.js';

describe('isForPeople', () => {
  it.each([
    ['a PS/2 keyboard', '402000007 ff9f207ac14057ff febeffdfffefffff fffffffffffffffe', true],
    ['a mouse', '1f0000 0 0 0 0', true],
    ['a touch pad', 'e520 10000 0 0 0 0', true],
    ['a touch screen', '400 0 0 0 0 0', true],
    ['a power button', '10000000000000 0', false],
    ['a lid or a headphone socket', '0', false],
    ['the keys of a screen', '3e000b00000000 0 0 0', false],
    ['a game pad', '7fdb000000000000 0 0 0 0', false],
  ])('%s (%s)', (_, keys, expected) => expect(isForPeople(keys)).toBe(expected));
});
