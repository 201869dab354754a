import { join } from 'node:path';
import { z } from 'zod';
import { InvalidInputError } from '#shared/domain/errors.js';
import type { EngineTls } from '../containers/docker/engine-address.js';
import {
  parseLanguageWorkers,
  type LanguageWorkerChoices,
} from '../containers/language-workers/language-worker-choice.js';

const GROUP = /^(\/[A-Za-z0-9_-][A-Za-z0-9_.-]*)+$|^[A-Za-z0-9_-][A-Za-z0-9_.-]*\.slice$/;
const IMAGE = /^[a-z0-9][A-Za-z0-9_.:/@-]{0,254}$/;

/** The settings that say which engine a worker uses, and how. */
export const ENGINE_SETTINGS = {
  dockerHost: z
    .string()
    .regex(/^(unix|npipe|tcp):\/\/.+/, 'must begin with unix://, npipe:// or tcp://')
    .optional()
    .describe('unix://…, npipe://… or tcp://…; default: the engine’s usual socket or pipe.'),
  dockerTlsVerify: z
    .union([z.boolean(), z.stringbool()])
    .default(false)
    .describe('Speak TLS with a tcp:// engine and check its certificate.'),
  dockerCertPath: z
    .string()
    .optional()
    .describe('The folder of ca.pem, cert.pem and key.pem for a tcp:// engine.'),
  dockerCaFile: z.string().optional().describe('Instead of ca.pem in dockerCertPath.'),
  dockerCertFile: z.string().optional().describe('Instead of cert.pem in dockerCertPath.'),
  dockerKeyFile: z.string().optional().describe('Instead of key.pem in dockerCertPath.'),
  containerIsolation: z
    .enum(['default', 'process', 'hyperv'])
    .default('default')
    .describe('How Windows containers are kept apart; default leaves it to the engine.'),
  containerCgroupParent: z
    .string()
    .regex(GROUP, 'must be a control group such as /nightjar, or with systemd such as nightjar.slice')
    .optional()
    .describe(
      'The control group, made by an administrator, that containers go into; default: one of the worker’s own where it may.',
    ),
  containerImage: z
    .string()
    .regex(IMAGE, 'must be the name of an image, such as registry.example/nightjar-node:1')
    .optional()
    .describe('An image with Node and our language worker; default on Linux: made of this machine’s own.'),
  languageWorkers: z
    .string()
    .default('')
    .describe('Language workers by runtime: python=microsoft-python/3.12@image, … See the guide.'),
};

/** Which setting has which customary variable. */
export const ENGINE_VARIABLES = {
  dockerHost: 'DOCKER_HOST',
  dockerTlsVerify: 'DOCKER_TLS_VERIFY',
  dockerCertPath: 'DOCKER_CERT_PATH',
};

type Values = z.output<z.ZodObject<typeof ENGINE_SETTINGS>>;

/** What is made of those settings once. */
export interface EngineSettings {
  /** Only for a tcp:// engine: sockets and pipes are of this machine. */
  readonly engineTls: EngineTls | undefined;
  readonly languageWorkerChoices: LanguageWorkerChoices;
}

/** Throws `InvalidInputError` with a detail for each setting that is wrong. */
export function compileEngineSettings(values: Values, readFile: (path: string) => string): EngineSettings {
  return {
    engineTls: tlsOf(values, readFile),
    languageWorkerChoices: parseLanguageWorkers(values.languageWorkers, values.containerImage),
  };
}

function tlsOf(values: Values, readFile: (path: string) => string): EngineTls | undefined {
  const { dockerHost, dockerTlsVerify, dockerCertPath } = values;
  const isGiven = Boolean(
    values.dockerCaFile ?? values.dockerCertFile ?? values.dockerKeyFile ?? dockerCertPath,
  );
  if (dockerHost?.startsWith('tcp://') !== true || !(dockerTlsVerify || isGiven)) return undefined;
  const problems: string[] = [];
  const read = (setting: 'dockerCaFile' | 'dockerCertFile' | 'dockerKeyFile', name: string) => {
    const path = values[setting] ?? (dockerCertPath === undefined ? undefined : join(dockerCertPath, name));
    if (path === undefined) return undefined;
    try {
      return readFile(path);
    } catch (error) {
      const source = values[setting] === undefined ? 'dockerCertPath' : setting;
      problems.push(
        `${source}: ${path} can not be read (${(error as NodeJS.ErrnoException).code ?? 'error'}).`,
      );
      return undefined;
    }
  };
  const ca = read('dockerCaFile', 'ca.pem');
  const cert = read('dockerCertFile', 'cert.pem');
  const key = read('dockerKeyFile', 'key.pem');
  if (problems.length === 0 && (cert === undefined) !== (key === undefined)) {
    problems.push('dockerCertFile and dockerKeyFile belong together: set both, or neither.');
  }
  if (problems.length > 0) throw new InvalidInputError('The settings of worker are not right.', problems);
  return { ca, cert, key };
}
