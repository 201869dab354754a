import { describe, expect, it } from '@jest/globals';
import { InvalidInputError } from '#shared/domain/errors.js';
import { parseSettings, printableSettings, type Settings } from './config.js';

const WORKER_KEY = 'a-worker-key-0123456789';

function parse(flags: string[], environment: Record<string, string> = {}, file?: string): Settings {
  return parseSettings({
    flags,
    environment: { NIGHTJAR_WORKER_KEY: WORKER_KEY, ...environment },
    file: file === undefined ? null : { name: 'nightjar.config.yaml', text: file },
    readSecretFile: (path) => `secret-of-${path}\n`,
  });
}

function detailsOf(attempt: () => unknown): readonly string[] {
  try {
    attempt();
  } catch (error) {
    if (error instanceof InvalidInputError) return [error.message, ...error.details];
    throw error;
  }
  throw new Error('It was accepted.');
}

describe('parseSettings', () => {
  it('listens on this machine only by default, with a database beside the packages', () => {
    expect(parse([], {}, 'shared: { dataDir: /var/lib/nightjar }')).toMatchObject({
      host: '127.0.0.1',
      port: 7070,
      databaseUrl: 'sqlite:/var/lib/nightjar/nightjar.db',
    });
  });

  it('takes a flag before the environment before the file before the default', () => {
    const file = 'management: { port: 1 }\nshared: { port: 2, pool: night }';
    expect(parse([], {}, file)).toMatchObject({ port: 1, pool: 'night' });
    expect(parse([], { PORT: '3' }, file).port).toBe(3);
    expect(parse(['--port=4'], { PORT: '3' }, file).port).toBe(4);
  });

  it('names both variables that set one setting differently', () => {
    const [message] = detailsOf(() => parse([], { PORT: '1', NIGHTJAR_PORT: '2' }));
    expect(message).toMatch(/NIGHTJAR_PORT and PORT set port/);
    expect(parse([], { PORT: '2', NIGHTJAR_PORT: '2' }).port).toBe(2);
  });

  it('reads a secret from a file, and refuses a second one beside it', () => {
    expect(parse([], { NIGHTJAR_ADMIN_KEY_FILE: '/run/admin' }).adminKey).toBe('secret-of-/run/admin');
    const both = { NIGHTJAR_ADMIN_KEY_FILE: '/run/admin', NIGHTJAR_ADMIN_KEY: 'another-key-0123456789' };
    expect(detailsOf(() => parse([], both))[0]).toMatch(/NIGHTJAR_ADMIN_KEY and NIGHTJAR_ADMIN_KEY_FILE/);
  });

  it('demands an admin key where other machines can reach it, and says why', () => {
    expect(detailsOf(() => parse(['--host', '0.0.0.0']))[1]).toMatch(/^adminKey.*host is 0\.0\.0\.0/);
    expect(parse(['--host', '0.0.0.0', '--admin-key', 'an-admin-key-0123456789']).host).toBe('0.0.0.0');
  });

  it('demands a common worker key, unless every machine must have a key of its own', () => {
    const withoutKey = { NIGHTJAR_WORKER_KEY: '' };
    expect(detailsOf(() => parse([], withoutKey))[1]).toMatch(/^workerKey.*acceptCommonWorkerKey/);
    expect(parse(['--accept-common-worker-key', 'no'], withoutKey).workerKey).toBeUndefined();
  });

  it('refuses one key for admins and workers', () => {
    expect(detailsOf(() => parse(['--admin-key', WORKER_KEY]))[1]).toMatch(/not be the same as workerKey/);
  });

  it('says every setting that is wrong, with where it came from', () => {
    const details = detailsOf(() =>
      parse(['--http-wait-seconds', 'soon'], { NIGHTJAR_TIMER_TIME_ZONE: 'Mars' }),
    );
    expect(details.join('\n')).toMatch(/httpWaitSeconds \(--http-wait-seconds\)/);
    expect(details.join('\n')).toMatch(
      /timerTimeZone \(NIGHTJAR_TIMER_TIME_ZONE\): must be an IANA time zone/,
    );
  });

  it("takes Azure's variable and Windows' names for the zone of timers", () => {
    const zoneOf = (name: string): string => parse([], { WEBSITE_TIME_ZONE: name }).timerTimeZone;
    expect([parse([]).timerTimeZone, zoneOf('Asia/Tokyo'), zoneOf('Romance Standard Time')]).toEqual([
      'UTC',
      'Asia/Tokyo',
      'Europe/Paris',
    ]);
  });

  it('takes settings of triggers as a map, or as text that is one', () => {
    const settings = { '*': { NIGHTLY: '0 0 2 * * *' } };
    expect(
      parse([], {}, `management: { triggerSettings: ${JSON.stringify(settings)} }`).triggerSettings,
    ).toEqual(settings);
    expect(parse([], { NIGHTJAR_TRIGGER_SETTINGS: JSON.stringify(settings) }).triggerSettings).toEqual(
      settings,
    );
    expect(parse([]).triggerSettings).toEqual({});
    expect(detailsOf(() => parse(['--trigger-settings', 'NIGHTLY']))[1]).toMatch(/must be a map of apps/);
    expect(detailsOf(() => parse(['--trigger-settings', '{"*":{"HOUR":2}}']))[1]).toMatch(/must be text/);
  });

  it('refuses flags and keys of its section that it does not know', () => {
    expect(detailsOf(() => parse(['--prot', '1']))[0]).toMatch(/--prot/);
    expect(detailsOf(() => parse([], {}, 'management: { prot: 1 }'))[0]).toMatch(/management\.prot/);
    expect(parse([], {}, 'shared: { slots: 4 }').port).toBe(7070);
  });

  it('turns tracing on when a target for traces is named', () => {
    expect(parse([]).tracing).toBe(false);
    expect(parse([], { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' }).tracing).toBe(true);
  });

  it('is frozen, and prints neither keys nor passwords', () => {
    const settings = parse([
      '--admin-key',
      'an-admin-key-0123456789',
      '--redis-url',
      'redis://me:hidden@there:1/0',
    ]);
    expect(Object.isFrozen(settings)).toBe(true);
    const printed = JSON.stringify(printableSettings(settings));
    expect(printed).not.toMatch(/hidden|an-admin-key|a-worker-key/);
    expect(printed).toMatch(/me:\*\*\*@there/);
  });
});
