import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import {
  compileSettings,
  redactedSettings,
  type SettingsForm,
  type SettingsSources,
} from '#shared/contracts/settings-sources.js';
import { ianaZoneOf } from '#shared/domain/scheduling/zone-names.js';
import { settingsKeyProblem } from './app-settings/setting-cipher.js';
import { triggerSettingsSchema } from './catalogue/trigger-settings.js';
import {
  notificationFields,
  readNotificationSettings,
  type NotificationSettings,
} from './notifications/notification-settings.js';
import { connectionsSetting, readConnections, redactedConnections } from './connections-setting.js';

const MIB = 2 ** 20;
const GIB = 2 ** 30;
const DEFAULT_FILE = 'nightjar.config.yaml';

/** OpenTelemetry's own variables that say where traces go; its SDK reads them itself. */
const TRACE_TARGETS = [
  'OTEL_EXPORTER_OTLP_ENDPOINT',
  'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT',
  'OTEL_TRACES_EXPORTER',
];

/** Names that mean this machine only. */
const LOOPBACK_HOSTS = ['127.0.0.1', '::1', 'localhost'];

const whole = (least: number, most = Number.MAX_SAFE_INTEGER): z.ZodCoercedNumber =>
  z.coerce.number().int().min(least).max(most);
const yesOrNo = z.union([z.boolean(), z.stringbool()]);
const key = z.string().min(16, 'must have at least 16 characters');

const fields = z.object({
  host: z.string().default('127.0.0.1').describe('The address to listen on.'),
  port: whole(0, 65_535).default(7070).describe('The port to listen on; 0 takes a free one.'),
  dataDir: z.string().default('.nightjar').describe('Where packages, batch inputs and the master key lie.'),
  redisUrl: z
    .url({ protocol: /^rediss?$/ })
    .default('redis://127.0.0.1:6379/0')
    .describe('Where Redis is: redis://host:port/database.'),
  redisKeyPrefix: z
    .string()
    .min(1)
    .default('nightjar')
    .describe('Begins every key that Nightjar makes in Redis.'),
  databaseUrl: z.string().optional().describe('sqlite:<file> or mssql://…; default: nightjar.db in dataDir.'),
  workerKey: key.optional().describe('What workers show that have no key of their own machine.'),
  acceptCommonWorkerKey: yesOrNo
    .default(true)
    .describe('no: only machines that were enrolled may read packages and batch inputs.'),
  enrolmentTokenSeconds: whole(60, 604_800)
    .default(3600)
    .describe('How long an enrolment token can be used.'),
  machineTimeDays: whole(1, 3650)
    .default(100)
    .describe('How long it is kept, by the hour, what machines spent their time on.'),
  adminKey: key
    .optional()
    .describe('What the API, publishing and the API docs ask for; needed off this machine.'),
  settingsKey: z
    .string()
    .superRefine((text, context) => {
      const problem = settingsKeyProblem(text);
      if (problem !== null) context.addIssue({ code: 'custom', message: problem });
    })
    .optional()
    .describe(
      "The keys of apps' settings, base64 of 32 bytes each; the first seals. Default: made in dataDir.",
    ),
  logLevel: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
  tracing: yesOrNo
    .optional()
    .describe('Send traces as the OTEL_* variables say; default: when they name a target.'),
  logFormat: z.enum(['json', 'pretty']).default('json').describe('pretty is for a person at a terminal.'),
  instanceUrl: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('Where workers reach this very instance, for streamed calls; default: host and port.'),
  trustForwardedHeaders: yesOrNo
    .default(false)
    .describe('Believe x-forwarded-proto and x-forwarded-host; only behind a proxy that sets them itself.'),

  pool: z.string().min(1).default('default').describe('The pool of machines that work goes to.'),
  workerOs: z.enum(['linux', 'windows']).default('linux').describe('The system of the containers there.'),
  reconcileIntervalSeconds: whole(1, 3600).default(60),
  reconcileSilentSeconds: whole(1, 86_400).default(5),
  maxDispatches: whole(1, 999).default(5),

  maxInputBytes: whole(1)
    .default(10 * GIB)
    .describe('The input file of a batch run.'),
  maxInputItems: whole(1).default(100_000_000).describe('Items of the input of a batch run.'),
  connections: connectionsSetting
    .default({})
    .describe('Databases that inputs may be read from: a map of names and URLs like databaseUrl.'),
  keptRunDays: whole(0, 36_500)
    .default(90)
    .describe('How long ended batch runs are kept whose definition does not say it; 0: for ever.'),
  keptRuns: whole(0)
    .default(0)
    .describe('How many ended runs of a batch are kept whose definition does not say it; 0: all.'),
  unusedFileDays: whole(1, 36_500)
    .default(7)
    .describe('How long a file is kept that no run and no definition names.'),
  retentionIntervalSeconds: whole(1, 86_400).default(600),
  retentionDryRun: yesOrNo
    .default(false)
    .describe('Only tell in the log which runs and files would be removed.'),
  chunkTargetSeconds: whole(1, 3600).default(30).describe('How much work a chunk of a batch should be.'),
  itemConcurrency: whole(1, 10_000)
    .default(32)
    .describe('Items that a worker is expected to run at once of a chunk.'),
  firstChunkItems: whole(1, 100_000).default(200).describe('A chunk while item times are not known.'),
  maxChunkItems: whole(1, 100_000).default(10_000),
  maxChunkBytes: whole(1).default(16 * MIB),
  chunksInFlight: whole(1, 1000).default(4).describe('Chunks of a pool that are out at once, at least.'),

  defaultApp: z.string().default('default').describe('The app that a package without one in its URL is for.'),
  maxPackageBytes: whole(1)
    .default(512 * MIB)
    .describe('The zip.'),
  maxUnpackedBytes: whole(1)
    .default(2 * GIB)
    .describe('All files of a package together, unpacked.'),
  maxPackageFiles: whole(1).default(50_000),
  maxCompressionRatio: whole(2).default(200).describe('Unpacked to packed, of any file and of the whole.'),
  uploadTimeoutSeconds: whole(1, 86_400).default(1800).describe('How long the upload of a package may take.'),
  indexTimeoutSeconds: whole(1, 3600).default(120).describe('How long a worker may take to index a package.'),

  maxRequestBodyBytes: whole(0)
    .default(10 * MIB)
    .describe('The body of an HTTP call to a function.'),
  httpWaitSeconds: whole(1, 3600).default(230).describe('After that a caller is told where to ask again.'),
  timerTimeZone: z
    .string()
    .default('UTC')
    .transform((name, context) => {
      const zone = ianaZoneOf(name);
      if (zone !== null) return zone;
      context.addIssue(`must be an IANA time zone such as Europe/Berlin, or Windows' name of one`);
      return z.NEVER;
    })
    .describe("The time zone of timers: an IANA name or Windows' name."),
  triggerSettings: triggerSettingsSchema
    .default({})
    .describe('By app, or "*" for all: values for %NAME% in timer expressions, and WEBSITE_TIME_ZONE.'),
  timerWarmUpSeconds: whole(0, 300)
    .default(20)
    .describe('How long before a timer is due a container of its app is got ready; 0: not at all.'),
  fileUrlSeconds: whole(10, 86_400).default(600).describe('How long a URL that a worker was given works.'),
  shutdownGraceSeconds: whole(0, 3600).default(15).describe('How long a stop waits for what is under way.'),
  ...notificationFields,
});

const schema = fields
  .refine((values) => values.adminKey !== undefined || LOOPBACK_HOSTS.includes(values.host), {
    path: ['adminKey'],
    error: (issue) =>
      `must be set, because host is ${(issue.input as Values).host}: other machines can reach Nightjar there`,
  })
  .refine((values) => values.adminKey === undefined || values.adminKey !== values.workerKey, {
    path: ['adminKey'],
    error: 'must not be the same as workerKey',
  })
  .refine((values) => values.workerKey !== undefined || !values.acceptCommonWorkerKey, {
    path: ['workerKey'],
    error: 'must be set, or acceptCommonWorkerKey be no: then every machine needs a key of its own',
  });

type Values = z.output<typeof fields>;

/** Management's settings, parsed once: what depends on another setting is filled in. */
export type Settings = Readonly<
  Omit<Values, 'connections' | 'webhookSecrets'> &
    Pick<NotificationSettings, 'webhookSecrets' | 'smtp'> & {
      readonly databaseUrl: string;
      readonly tracing: boolean;
      /** Name → URL. */
      readonly connections: Readonly<Record<string, string>>;
    }
>;

/** Nest's token for `Settings`. */
export const SETTINGS = Symbol('Settings');

const FORM: SettingsForm<typeof schema> = {
  app: 'management',
  schema,
  standardVariables: {
    redisUrl: 'REDIS_URL',
    databaseUrl: 'DATABASE_URL',
    port: 'PORT',
    logLevel: 'LOG_LEVEL',
    timerTimeZone: 'WEBSITE_TIME_ZONE',
  },
  secrets: ['workerKey', 'adminKey', 'settingsKey', 'connections', 'webhookSecrets', 'smtpPassword'],
};

/** Throws `InvalidInputError` with everything that is wrong. */
export function parseSettings(sources: SettingsSources): Settings {
  const values = compileSettings(FORM, sources);
  return Object.freeze({
    ...values,
    connections: readConnections(values.connections, sources.readSecretFile),
    ...readNotificationSettings(values, sources.readSecretFile),
    databaseUrl: values.databaseUrl ?? `sqlite:${values.dataDir}/nightjar.db`,
    tracing: values.tracing ?? TRACE_TARGETS.some((name) => sources.environment[name]),
  });
}

/** Reads the settings of this process: the only place in management that looks at its environment. */
export function loadSettings(): Settings {
  const flags = process.argv.slice(2);
  return parseSettings({
    flags,
    environment: process.env,
    file: readSettingsFile(flags),
    readSecretFile: (path) => readFileSync(path, 'utf8'),
  });
}

/** For the log: secrets are replaced. */
export function printableSettings(settings: Settings): Record<string, unknown> {
  // What `smtp` is made of stands there by itself, without the password.
  const { smtp: _, ...printable } = redactedSettings(FORM, settings);
  return { ...printable, connections: redactedConnections(settings.connections) };
}

function readSettingsFile(flags: readonly string[]): SettingsSources['file'] {
  const name = namedFile(flags) ?? process.env['NIGHTJAR_CONFIG'];
  // A file that was asked for must be there; the customary one may be missing.
  if (name === undefined && !existsSync(DEFAULT_FILE)) return null;
  const path = name ?? DEFAULT_FILE;
  return { name: path, text: readFileSync(path, 'utf8') };
}

function namedFile(flags: readonly string[]): string | undefined {
  const joined = flags.find((flag) => flag.startsWith('--config='));
  if (joined) return joined.slice('--config='.length);
  const at = flags.indexOf('--config');
  return at < 0 ? undefined : flags[at + 1];
}
