import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { InvalidInputError } from '#shared/domain/errors.js';
import { APP_RUNTIMES, type AppRuntime } from './language-worker.js';

/** What an app itself says of its language worker. */
export interface AppDescription {
  readonly runtime: AppRuntime;
  /** The assembly that is its language worker, for .NET isolated. */
  readonly appWorker?: string;
}

const WORKER_CONFIG = 'worker.config.json';
const workerConfigSchema = z.object({
  description: z.object({
    language: z.enum(APP_RUNTIMES),
    // Relative, inside the app: it becomes part of a command line.
    defaultWorkerPath: z
      .string()
      .regex(/^(?!.*\.\.)[A-Za-z0-9_.][A-Za-z0-9_. /-]*$/, 'must be a file inside the app'),
  }),
});

/** Files at the top of an app that only apps of one runtime have; the first that is there decides. */
const TELLING_FILES: readonly (readonly [RegExp, AppRuntime])[] = [
  [/^package\.json$/, 'node'],
  [/^(function_app\.py|requirements\.txt|\.python_packages)$/, 'python'],
  [/^(profile\.ps1|requirements\.psd1)$/, 'powershell'],
  [/\.jar$/, 'java'],
];

/** What runtime an app is for, by what lies at its top and by its setting FUNCTIONS_WORKER_RUNTIME. */
export function runtimeOf(fileNames: readonly string[], setting: string | undefined): AppRuntime {
  const named = APP_RUNTIMES.find((runtime) => runtime === setting);
  if (named !== undefined) return named;
  if (fileNames.includes(WORKER_CONFIG)) return 'dotnet-isolated';
  return TELLING_FILES.find(([pattern]) => fileNames.some((name) => pattern.test(name)))?.[1] ?? 'node';
}

/** Looks into an app's folder. Throws `InvalidInputError` when its `worker.config.json` can't be understood. */
export async function describeApp(
  packageFolder: string,
  environment: Readonly<Record<string, string>>,
): Promise<AppDescription> {
  const fileNames = await readdir(packageFolder).catch(() => []);
  const runtime = runtimeOf(fileNames, environment['FUNCTIONS_WORKER_RUNTIME']);
  if (runtime !== 'dotnet-isolated') return { runtime };
  const text = await readFile(join(packageFolder, WORKER_CONFIG), 'utf8').catch(() => '{}');
  return { runtime, appWorker: appWorkerOf(text) };
}

/** Throws `InvalidInputError`. */
export function appWorkerOf(workerConfig: string): string {
  try {
    return workerConfigSchema.parse(JSON.parse(workerConfig)).description.defaultWorkerPath;
  } catch (error) {
    throw new InvalidInputError(
      `The app is for .NET isolated, and its ${WORKER_CONFIG} does not name its assembly (description.defaultWorkerPath).`,
      error instanceof z.ZodError
        ? error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`)
        : [],
    );
  }
}
