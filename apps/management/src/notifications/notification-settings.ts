import { parse as parseYaml } from 'yaml';
import { z } from 'zod';
import { notificationsSchema } from '#shared/contracts/batch-definition/definition-schema.js';
import type { BatchNotifications } from '#shared/domain/batch-definition.js';
import { InvalidInputError } from '#shared/domain/errors.js';
import { isSigningSecret, SECRET_RULE } from './sending/signature.js';

const SMTP_SECURITIES = ['startTls', 'tls', 'none'] as const;
const USUAL_PORTS = { startTls: 587, tls: 465, none: 25 } as const;
/** Where a password in clear text does not leave this machine. */
const LOOPBACK_HOSTS = ['127.0.0.1', '::1', 'localhost'];

const name = z.string().regex(/^[A-Za-z][\w-]{0,63}$/);
const whole = (least: number, most: number): z.ZodCoercedNumber =>
  z.coerce.number().int().min(least).max(most);

/** A secret, or the file that holds it. */
const secret = z.union(
  [z.string(SECRET_RULE).refine(isSigningSecret, SECRET_RULE), z.strictObject({ file: z.string().min(1) })],
  `${SECRET_RULE}, or {file: <path of a file with it>}`,
);

/** Of management's settings those about notifications. */
export const notificationFields = {
  publicUrl: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('Where people reach management, for links; default: host and port.'),
  notify: z
    .preprocess(fromText, notificationsSchema)
    .optional()
    .describe('Whom to notify of what where a definition does not say it: the form of its "notify".'),
  webhookSecrets: z
    .preprocess(
      fromText,
      z.record(name, secret, 'must be a map of names (letters, digits, "-", "_") and secrets'),
    )
    .default({})
    .describe('Secrets that webhooks are signed with, by name.'),
  notificationTimeoutSeconds: whole(1, 60).default(10).describe('How long a receiver may take to answer.'),
  notificationRetrySeconds: whole(1, 3600)
    .default(10)
    .describe('Until the second try; each further one waits twice as long, an hour at most.'),
  notificationGiveUpSeconds: whole(1, 2_592_000)
    .default(86_400)
    .describe('How long a notification is tried.'),
  smtpHost: z.string().min(1).optional().describe('The server that takes e-mails; without it none are sent.'),
  smtpPort: whole(1, 65_535).optional().describe('Default: 587, with tls 465, with none 25.'),
  smtpSecurity: z
    .enum(SMTP_SECURITIES)
    .default('startTls')
    .describe('startTls (must be offered), tls from the first byte, or none.'),
  smtpUser: z.string().min(1).optional(),
  smtpPassword: z.string().min(1).optional(),
  smtpFrom: z.string().min(3).max(320).optional().describe('The sender: "Nightjar <nightjar@example.org>".'),
};

type RawSettings = z.output<z.ZodObject<typeof notificationFields>>;

/** What notifications need of management's settings. */
export interface NotificationSettings {
  readonly publicUrl?: string | undefined;
  readonly notify?: BatchNotifications | undefined;
  /** Name → secret. */
  readonly webhookSecrets: Readonly<Record<string, string>>;
  readonly notificationTimeoutSeconds: number;
  readonly notificationRetrySeconds: number;
  readonly notificationGiveUpSeconds: number;
  /** Null: no e-mails are sent. */
  readonly smtp: SmtpSettings | null;
}

export interface SmtpSettings {
  readonly host: string;
  readonly port: number;
  readonly security: (typeof SMTP_SECURITIES)[number];
  readonly login: { readonly user: string; readonly password: string } | null;
  readonly from: string;
}

/** Throws `InvalidInputError` that names the settings that do not fit together. */
export function readNotificationSettings(
  raw: RawSettings,
  readSecretFile: (path: string) => string,
): Pick<NotificationSettings, 'webhookSecrets' | 'smtp'> {
  const settings = { webhookSecrets: readSecrets(raw.webhookSecrets, readSecretFile), smtp: smtpOf(raw) };
  const problems = raw.notify ? problemsOfReceivers(raw.notify, settings) : [];
  if (problems.length > 0) throw new InvalidInputError('The settings of management are not right.', problems);
  return settings;
}

/** What a definition, or the settings, name and there is not. */
export function problemsOfReceivers(
  { webhooks = [], emails = [] }: BatchNotifications,
  { webhookSecrets, smtp }: Pick<NotificationSettings, 'webhookSecrets' | 'smtp'>,
): readonly string[] {
  const problems = webhooks.flatMap(({ secretName }, index) =>
    secretName === undefined || Object.hasOwn(webhookSecrets, secretName)
      ? []
      : [
          `notify.webhooks.${index}.secretName: there is no secret "${secretName}" in management's setting webhookSecrets.`,
        ],
  );
  if (emails.length > 0 && smtp === null)
    problems.push("notify.emails: management's setting smtpHost must name the server that takes e-mails.");
  return problems;
}

function readSecrets(
  raw: RawSettings['webhookSecrets'],
  readSecretFile: (path: string) => string,
): Readonly<Record<string, string>> {
  const secrets = Object.entries(raw).map(([key, value]): [string, string] => {
    if (typeof value === 'string') return [key, value];
    const text = readFile(key, value.file, readSecretFile);
    if (!isSigningSecret(text))
      throw new InvalidInputError(`webhookSecrets.${key}: what is in ${value.file} ${SECRET_RULE}.`);
    return [key, text];
  });
  return Object.freeze(Object.fromEntries(secrets));
}

function readFile(key: string, path: string, read: (path: string) => string): string {
  try {
    return read(path).trim();
  } catch (error) {
    const reason = (error as Error).message;
    throw new InvalidInputError(`webhookSecrets.${key}: its file can't be read: ${reason}`, [], {
      cause: error,
    });
  }
}

function smtpOf(raw: RawSettings): SmtpSettings | null {
  const { smtpHost: host, smtpSecurity: security, smtpUser: user, smtpPassword: password } = raw;
  if (host === undefined) return null;
  const problems: string[] = [];
  if (raw.smtpFrom === undefined) problems.push('smtpFrom must be set, because smtpHost is.');
  if ((user === undefined) !== (password === undefined))
    problems.push('smtpUser and smtpPassword must both be set, or neither.');
  if (user !== undefined && security === 'none' && !LOOPBACK_HOSTS.includes(host))
    problems.push(
      'smtpSecurity must not be none while smtpUser is set: the password would go in clear text.',
    );
  if (problems.length > 0) throw new InvalidInputError('The settings of management are not right.', problems);
  return {
    host,
    port: raw.smtpPort ?? USUAL_PORTS[security],
    security,
    login: user !== undefined && password !== undefined ? { user, password } : null,
    from: raw.smtpFrom ?? '',
  };
}

/** As a variable or flag it is YAML or JSON text. */
function fromText(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  try {
    return parseYaml(value);
  } catch {
    // The schema says what it must be; the parser's error would quote a secret.
    return value;
  }
}
