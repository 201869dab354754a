import { describe, expect, it } from '@jest/globals';
import { deniedNetworksSchema, networkSettings } from './network-settings.js';

describe('deniedNetworks', () => {
  it.each([
    ['', []],
    ['10.0.0.0/8', ['10.0.0.0/8']],
    ['10.0.0.0/8, 192.168.1.7 ,', ['10.0.0.0/8', '192.168.1.7/32']],
    [['10.0.0.0/8'], ['10.0.0.0/8']],
  ])('reads %j', (value, ranges) => {
    expect(deniedNetworksSchema.parse(value)).toEqual(ranges);
  });

  it.each(['10.0.0/8', '10.0.0.0/33', 'lan', 'fd00::/8', '10.0.0.0/8 -j ACCEPT', 7])(
    'refuses %j',
    (value) => {
      expect(deniedNetworksSchema.safeParse(value).error?.issues[0]?.message).toContain(
        'separated by commas',
      );
    },
  );
});

describe('networkSettings', () => {
  const settings = {
    deniedNetworks: ['10.0.0.0/8'],
    allowUnfilteredNetwork: false,
    isProduction: true,
    managementUrl: 'http://nightjar.internal:7070',
    redisUrl: 'redis://redis.internal:6379/0',
    databaseUrl: 'mssql://user:secret@sql.internal/nightjar',
    dockerHost: 'tcp://engine.internal:2376',
  };

  it('deny the services that the worker depends on', () => {
    expect(networkSettings(settings).denied).toEqual({
      networks: ['10.0.0.0/8'],
      endpoints: [
        { host: 'nightjar.internal', port: 7070 },
        { host: 'redis.internal', port: 6379 },
        { host: 'sql.internal', port: 1433 },
        { host: 'engine.internal', port: 2376 },
      ],
    });
  });

  it('require a filter in production, unless that is waived', () => {
    expect(networkSettings(settings).requireFilter).toBe(true);
    expect(networkSettings({ ...settings, allowUnfilteredNetwork: true }).requireFilter).toBe(false);
    expect(networkSettings({ ...settings, isProduction: false }).requireFilter).toBe(false);
  });
});
