import { describe, expect, it } from '@jest/globals';
import { serviceEnvironment, startSettings } from './start-settings.mjs';

describe('startSettings', () => {
  it('has defaults for everything', () => {
    const settings = startSettings({});
    expect(settings).toMatchObject({
      port: 7070,
      portIsGiven: false,
      redisUrl: undefined,
      adminKey: undefined,
    });
    expect(settings.dataFolder).toMatch(/\.nightjar$/);
  });

  it('takes either name of a setting', () => {
    expect(startSettings({ NIGHTJAR_PORT: '8080' })).toMatchObject({ port: 8080, portIsGiven: true });
    expect(startSettings({ NIGHTJAR_REDIS_URL: 'redis://a' }).redisUrl).toBe('redis://a');
    expect(startSettings({ DATABASE_URL: 'mssql://b' }).databaseUrl).toBe('mssql://b');
  });

  it.each(['0', '65536', '80.5', 'http'])('refuses PORT=%s', (port) => {
    expect(() => startSettings({ PORT: port })).toThrow(`PORT is ${port}`);
  });
});

describe('serviceEnvironment', () => {
  it('passes on what was not set here, without npm and without second names', () => {
    const environment = {
      PATH: '/bin',
      npm_config_cache: '/c',
      NIGHTJAR_PORT: '1',
      NIGHTJAR_LOG_LEVEL: 'debug',
    };
    expect(serviceEnvironment(environment, { PORT: '7070' })).toEqual({
      PATH: '/bin',
      NIGHTJAR_LOG_LEVEL: 'debug',
      PORT: '7070',
    });
  });
});
