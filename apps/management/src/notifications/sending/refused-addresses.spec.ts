import { describe, expect, it } from '@jest/globals';
import { isRefusedAddress } from './refused-addresses.js';

describe('isRefusedAddress', () => {
  it.each([
    '169.254.169.254',
    '169.254.170.2',
    '::ffff:169.254.169.254',
    '[::ffff:a9fe:a9fe]',
    '[fe80::1]',
    '[fd00:ec2::254]',
    'fd20:ce::254',
    '100.100.100.200',
    '168.63.129.16',
  ])('refuses %s', (address) => {
    expect(isRefusedAddress(address)).toBe(true);
  });

  it.each([
    '127.0.0.1',
    '10.0.0.1',
    '192.168.1.20',
    '[::1]',
    'fd12::1',
    '93.184.216.34',
    'hooks.example.org',
  ])('lets %s through', (address) => {
    expect(isRefusedAddress(address)).toBe(false);
  });
});
