import { describe, expect, it } from '@jest/globals';
import { chooseChannelAddress, isAddressOfThisMachine } from './channel-address.js';

describe('chooseChannelAddress', () => {
  it('is the gateway where that is this machine', () => {
    const facts = { gateway: '172.18.0.1', gatewayIsThisMachine: true } as const;
    const address = { listenHost: '172.18.0.1', containerHost: '172.18.0.1' };
    expect(chooseChannelAddress({ ...facts, policy: 'none' })).toEqual(address);
    expect(chooseChannelAddress({ ...facts, policy: 'outbound' })).toEqual(address);
  });

  it('is loopback through Docker Desktop’s host name elsewhere', () => {
    const facts = { gateway: '172.18.0.1', gatewayIsThisMachine: false } as const;
    expect(chooseChannelAddress({ ...facts, policy: 'outbound' })).toEqual({
      listenHost: '127.0.0.1',
      containerHost: 'host.docker.internal',
    });
    expect(chooseChannelAddress({ ...facts, policy: 'none' })).toContain('use the network policy "outbound"');
  });
});

describe('isAddressOfThisMachine', () => {
  it('knows loopback and not an address for documentation', async () => {
    expect(await isAddressOfThisMachine('127.0.0.1')).toBe(true);
    expect(await isAddressOfThisMachine('203.0.113.77')).toBe(false);
  });
});
