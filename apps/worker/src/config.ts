import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism, hostname } from 'node:os';
import { z } from 'zod';
import {
  compileSettings,
  redactedSettings,
  type SettingsForm,
  type SettingsSources,
} from '#shared/contracts/settings-sources.js';

import { NETWORK_POLICIES } from '#shared/domain/container-settings.js';
import { compileLeaseSeconds } from './capacity/lease/lease-settings.js';
import { leastEnvironment } from './containers/process/process-settings.js';
import { CAPACITY_SETTINGS, compileLocalPolicy } from './settings/capacity-settings.js';
import { checkContainerLimits } from './settings/container-limits.js';
import { checkEngineLimits, ENGINE_LIMITS } from './settings/engine-limits.js';
import {
  compileEngineSettings,
  ENGINE_SETTINGS,
  ENGINE_VARIABLES,
  type EngineSettings,
} from './settings/engine-settings.js';
import { deniedNetworksSchema } from './settings/network-settings.js';

const KIB = 2 ** 10;
const MIB = 2 ** 20;
const GIB = 2 ** 30;
const SETTINGS_FILE = 'nightjar.config.yaml';

const whole = (least: number, most = Number.MAX_SAFE_INTEGER): z.ZodCoercedNumber =>
  z.coerce.number().int().min(least).max(most);

const secret = z.string().min(16, 'must have at least 16 characters');

const schema = z.object({
  ...ENGINE_LIMITS,
  name: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$/, 'must be 1 to 63 letters, digits, ".", "_" or "-"')
    .default(hostname())
    .describe('What this machine is called; unique in the installation.'),
  dataDir: z
    .string()
    .default('.nightjar')
    .describe('Where packages are cached and the machine’s id is kept.'),
  managementUrl: z.url().default('http://127.0.0.1:7070').describe('Where management is.'),
  workerKey: secret.optional().describe('What management knows workers by that have no key of their own.'),
  enrolmentToken: secret
    .optional()
    .describe('Is exchanged for a key of this machine’s own, once; then it is not needed any more.'),
  redisUrl: z.url({ protocol: /^rediss?$/ }).default('redis://127.0.0.1:6379/0'),
  redisKeyPrefix: z.string().min(1).default('nightjar'),
  databaseUrl: z.string().optional().describe('sqlite:<file> or mssql://…; default: nightjar.db in dataDir.'),
  logLevel: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
  tracing: z
    .union([z.boolean(), z.stringbool()])
    .default(false)
    .describe('Send OpenTelemetry traces; where to is said by the OTEL_* variables.'),

  metricsPort: whole(0, 65_535)
    .optional()
    .describe('Where Prometheus finds the worker’s metrics (/metrics); default: nowhere. 0: any free port.'),
  metricsHost: z.string().min(1).default('127.0.0.1').describe('The address that metricsPort is opened on.'),

  pool: z.string().min(1).default('default').describe('The pool whose work this machine takes.'),
  ...CAPACITY_SETTINGS,
  containerRuntime: z
    .enum(['auto', 'docker', 'process'])
    .default('auto')
    .describe('auto: Docker where an engine answers, else processes without isolation.'),
  allowProcessRuntime: z
    .union([z.boolean(), z.stringbool()])
    .default(false)
    .describe(
      'Allow the process runtime in production (NODE_ENV=production), knowing that it isolates nothing.',
    ),
  ...ENGINE_SETTINGS,
  containerNetwork: z
    .enum(['outbound', 'none'])
    .default('outbound')
    .describe('Whether functions may call out; none leaves them the FunctionRpc channel only.'),
  allowUnfilteredNetwork: z
    .union([z.boolean(), z.stringbool()])
    .default(false)
    .describe(
      'Run containers in production although no packet filter keeps them off this machine’s services.',
    ),
  deniedNetworks: deniedNetworksSchema
    .default([])
    .describe('IPv4 ranges that no container reaches, separated by commas.'),
  containerMemoryBytes: whole(32 * MIB).default(512 * MIB),
  containerCpus: z.coerce.number().min(0.05).default(1),
  containerCpuWeight: whole(1, 1000)
    .default(100)
    .describe('Share of a container against others while the processors are all busy.'),
  containerPids: whole(16).default(256),
  containerTmpBytes: whole(MIB)
    .default(64 * MIB)
    .describe('Size of /tmp, which is memory.'),
  maxContainerMemoryBytes: whole(32 * MIB).optional(),
  maxContainerCpus: z.coerce.number().min(0.05).optional(),
  maxContainerPids: whole(16).optional(),
  maxContainerTmpBytes: whole(MIB).optional(),
  maxContainerNetwork: z
    .enum(NETWORK_POLICIES)
    .default('outbound')
    .describe('The most that an app may ask for on this machine.'),
  containersMemoryShare: z.coerce
    .number()
    .min(0.05)
    .max(1)
    .default(0.5)
    .describe('Of the machine’s memory, what all containers together may take by their limits.'),
  containerConcurrency: whole(1).default(128).describe('Function calls in one container at a time.'),
  containerPauseSeconds: whole(1)
    .default(10)
    .describe('After how long an idle container is paused, where the engine can do that.'),
  maxParallelStarts: whole(1)
    .default(availableParallelism())
    .describe('Containers that are started at a time; the others wait.'),
  prewarmedContainers: whole(0).default(1).describe('Containers kept ready for whatever app comes next.'),
  prewarmedContainersReactive: whole(0)
    .default(2)
    .describe('How many more at most, one for each container that was waited for within the last minute.'),
  prewarmedContainerSeconds: whole(1)
    .default(300)
    .describe('How long those that are more than prewarmedContainers are kept.'),
  containerIdleSeconds: whole(1).default(600).describe('How long a container is kept that nothing uses.'),
  containerStartSeconds: whole(1).default(60).describe('How long a language worker may take to come up.'),

  interactiveConcurrency: whole(1).default(128).describe('HTTP calls, timers and messages at a time.'),
  chunkConcurrency: whole(1)
    .default(availableParallelism())
    .describe('Chunks of batches at a time, a container each.'),
  itemsInFlight: whole(1).default(32).describe('Function calls of one chunk at a time.'),
  groupSize: whole(1, 10_000).default(100).describe('Items per call of a trigger with cardinality many.'),

  maxMessageBytes: whole(4 * MIB)
    .default(128 * MIB)
    .describe('A FunctionRpc message.'),
  maxItemBytes: whole(1)
    .default(256 * KIB)
    .describe('One line of a batch’s input.'),
  maxItemOutputBytes: whole(0).default(64 * KIB),
  maxItemLogBytes: whole(0).default(8 * KIB),
  maxLogBytes: whole(0)
    .default(256 * KIB)
    .describe('The log of one invocation; the rest is dropped with a flag.'),
  maxPackageCacheBytes: whole(1).default(5 * GIB),
  shutdownGraceSeconds: whole(0, 3600).default(15).describe('How long a stop waits for what is under way.'),
  heartbeatSeconds: whole(1, 60).default(10),
  leaseSeconds: whole(3, 3600)
    .optional()
    .describe(
      'For so long after a heartbeat the machine keeps its work; default: 30, or 3 × heartbeatSeconds.',
    ),
});

type Values = z.output<typeof schema>;

/** The worker's settings, parsed once; `databaseUrl` is always there. */
export type Settings = Readonly<
  Values &
    EngineSettings & {
      readonly databaseUrl: string;
      readonly leaseSeconds: number;
      /** The layer of the capacity policy that this worker brings along. */
      readonly localPolicy: Readonly<Record<string, unknown>>;
      readonly isProduction: boolean;
      /** The few variables of this process that function processes are given too. */
      readonly processEnvironment: Readonly<Record<string, string>>;
    }
>;

/** Nest's token for `Settings`. */
export const SETTINGS = Symbol('Settings');

const FORM: SettingsForm<typeof schema> = {
  app: 'worker',
  schema,
  standardVariables: {
    redisUrl: 'REDIS_URL',
    databaseUrl: 'DATABASE_URL',
    logLevel: 'LOG_LEVEL',
    ...ENGINE_VARIABLES,
  },
  secrets: ['workerKey', 'enrolmentToken'],
};

/** Throws `InvalidInputError` with everything that is wrong. */
export function parseSettings(sources: SettingsSources): Settings {
  const values = compileSettings(FORM, sources);
  checkContainerLimits(values);
  checkEngineLimits(values);
  return Object.freeze({
    ...values,
    ...compileEngineSettings(values, sources.readSecretFile),
    databaseUrl: values.databaseUrl ?? `sqlite:${values.dataDir}/nightjar.db`,
    leaseSeconds: compileLeaseSeconds(values),
    localPolicy: compileLocalPolicy(values, sources.readSecretFile),
    processEnvironment: leastEnvironment(sources.environment),
    isProduction: sources.environment['NODE_ENV'] === 'production',
  });
}

/** Reads the settings of this process: the only place in the worker that looks at its environment. */
export function loadSettings(flags: readonly string[] = process.argv.slice(2)): Settings {
  return parseSettings({
    flags,
    environment: process.env,
    file: existsSync(SETTINGS_FILE)
      ? { name: SETTINGS_FILE, text: readFileSync(SETTINGS_FILE, 'utf8') }
      : null,
    readSecretFile: (path) => readFileSync(path, 'utf8'),
  });
}

/** For the log: secrets are replaced. */
export function printableSettings(settings: Settings): Record<string, unknown> {
  const { processEnvironment: _1, engineTls: _2, languageWorkerChoices: _3, ...rest } = settings;
  return redactedSettings(FORM, rest);
}
