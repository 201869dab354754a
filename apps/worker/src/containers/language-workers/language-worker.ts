/** What an app is written for, as Azure's setting FUNCTIONS_WORKER_RUNTIME names it. */
export const APP_RUNTIMES = ['node', 'python', 'dotnet-isolated', 'powershell', 'java'] as const;
export type AppRuntime = (typeof APP_RUNTIMES)[number];

/** Where a language worker is in images of one platform, and what runs it. */
export interface LanguageWorkerPlatform {
  /** An absolute path, or the name of a program that the image has on its PATH. */
  readonly executable: string;
  readonly workerDirectory: string;
}

/**
 * One language worker. Arguments stand before those that every language worker is given (see `languageWorkerArguments`).
 * In them and in `workerDirectory` are replaced:
 * `{workerDirectory}`, `{appDirectory}`, `{slash}` between folders, `{entry}` the file of our own language worker,
 * `{heapMebibytes}` three quarters of the container's memory, `{runtimeVersion}` such as `3.12`,
 * `{appWorker}` what the app's own `worker.config.json` names as `defaultWorkerPath`.
 */
export interface LanguageWorker {
  /** By which a worker's settings name it. */
  readonly id: string;
  readonly title: string;
  readonly runtime: AppRuntime;
  readonly linux?: LanguageWorkerPlatform;
  readonly windows?: LanguageWorkerPlatform;
  readonly arguments: readonly string[];
  /** The `{runtimeVersion}` when the settings say none. */
  readonly defaultRuntimeVersion?: string;
  /** Public images that have it; for people: a worker's settings name the image. None: made, or built from `deploy/images`. */
  readonly images: readonly string[];
  readonly note: string;
}
