import { describe, expect, it } from '@jest/globals';
import { InvalidInputError } from '#shared/domain/errors.js';
import { parseSettings, printableSettings, type Settings } from '../config.js';

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const FILES: Readonly<Record<string, string>> = {
  '/run/secrets/ops': `${SECRET}\n`,
  '/run/secrets/short': 'whsec_abc\n',
  '/run/secrets/smtp': 's3cret\n',
};

function settings(environment: Record<string, string>, file?: string): Settings {
  return parseSettings({
    flags: [],
    environment: { NIGHTJAR_WORKER_KEY: 'worker-key-of-tests-0123456789', ...environment },
    file: file === undefined ? null : { name: 'nightjar.config.yaml', text: file },
    readSecretFile: (path) => {
      const content = FILES[path];
      if (content === undefined) throw new Error(`ENOENT: no such file, open '${path}'`);
      return content;
    },
  });
}

function problemsOf(environment: Record<string, string>): string {
  try {
    settings(environment);
  } catch (error) {
    if (error instanceof InvalidInputError) return [error.message, ...error.details].join('\n');
    throw error;
  }
  throw new Error('They were accepted.');
}

describe('the settings of notifications', () => {
  it('are a server, secrets and whom to tell', () => {
    const yaml = `
management:
  smtpHost: mail.example.org
  smtpUser: nightjar
  smtpFrom: Nightjar <nightjar@example.org>
  webhookSecrets: { ops: { file: /run/secrets/ops }, dba: ${SECRET} }
  notify:
    on: [failed, recovered]
    emails: [ops@example.org]
    webhooks: [{ url: 'https://hooks.example.org/x', secretName: ops }]
`;
    const parsed = settings({ NIGHTJAR_SMTP_PASSWORD_FILE: '/run/secrets/smtp' }, yaml);
    expect(parsed.webhookSecrets).toEqual({ ops: SECRET, dba: SECRET });
    expect(parsed.smtp).toEqual({
      host: 'mail.example.org',
      port: 587,
      security: 'startTls',
      login: { user: 'nightjar', password: 's3cret' },
      from: 'Nightjar <nightjar@example.org>',
    });
    expect(parsed.notify?.on).toEqual(['failed', 'recovered']);
    const printed = JSON.stringify(printableSettings(parsed));
    expect(printed).toContain('mail.example.org');
    expect(printed).not.toMatch(/s3cret|whsec_/);
  });

  it('are none unless said otherwise', () => {
    expect(settings({})).toMatchObject({ smtp: null, webhookSecrets: {}, notificationGiveUpSeconds: 86_400 });
    expect(settings({}).notify).toBeUndefined();
    const smtp = { NIGHTJAR_SMTP_HOST: 'mail', NIGHTJAR_SMTP_FROM: 'a@b.de' };
    expect(settings({ ...smtp, NIGHTJAR_SMTP_SECURITY: 'tls' }).smtp?.port).toBe(465);
    expect(settings({ ...smtp, NIGHTJAR_SMTP_SECURITY: 'none' }).smtp?.port).toBe(25);
  });

  it.each([
    [{ NIGHTJAR_SMTP_HOST: 'mail' }, /smtpFrom must be set, because smtpHost is/],
    [
      { NIGHTJAR_SMTP_HOST: 'mail', NIGHTJAR_SMTP_FROM: 'a@b.de', NIGHTJAR_SMTP_USER: 'x' },
      /must both be set/,
    ],
    [
      {
        NIGHTJAR_SMTP_HOST: 'mail',
        NIGHTJAR_SMTP_FROM: 'a@b.de',
        NIGHTJAR_SMTP_USER: 'x',
        NIGHTJAR_SMTP_PASSWORD: 'y',
        NIGHTJAR_SMTP_SECURITY: 'none',
      },
      /smtpSecurity must not be none while smtpUser is set/,
    ],
    [{ NIGHTJAR_WEBHOOK_SECRETS: '{ops: "short-and-s3cret"}' }, /webhookSecrets\.ops.*openssl rand/],
    [
      { NIGHTJAR_WEBHOOK_SECRETS: '{ops: {file: /nowhere}}' },
      /webhookSecrets\.ops: its file can't be read: ENOENT/,
    ],
    [
      { NIGHTJAR_WEBHOOK_SECRETS: '{ops: {file: /run/secrets/short}}' },
      /webhookSecrets\.ops: what is in .*must be/,
    ],
    [{ NIGHTJAR_NOTIFY: '{on: [failed], emails: [a@b.de]}' }, /notify\.emails: .*smtpHost/],
    [
      { NIGHTJAR_NOTIFY: '{on: [failed], webhooks: [{url: "http://x", secretName: ops}]}' },
      /notify\.webhooks\.0\.secretName: there is no secret "ops"/,
    ],
    [{ NIGHTJAR_NOTIFY: '{on: [never]}' }, /notify.*must be one of late, failed/],
  ] as [Record<string, string>, RegExp][])('refuses %j', (environment, problem) => {
    const problems = problemsOf(environment);
    expect(problems).toMatch(problem);
    expect(problems).not.toContain('short-and-s3cret');
  });
});
