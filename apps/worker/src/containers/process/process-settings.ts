import type { LanguageWorkerFiles } from '../language-worker-command.js';

/** Settings of the adapter without isolation. */
export interface ProcessSettings {
  readonly languageWorker: LanguageWorkerFiles;
  readonly nodePath: string;
  /** This worker's own: its records of processes stand here between its lives. */
  readonly dataFolder: string;
  /** What every process is given besides the app's settings; see `leastEnvironment`. */
  readonly baseEnvironment: Readonly<Record<string, string>>;
}

/** Without these a program finds neither others nor a place for temporary files. Nothing that could be a secret. */
const LEAST_VARIABLES = ['PATH', 'TMPDIR', 'LANG', 'SystemRoot', 'TEMP', 'TMP'];

/** The few variables of our own environment that are passed on; none of our settings is among them. */
export function leastEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  return Object.fromEntries(
    LEAST_VARIABLES.flatMap((name) => {
      const value = environment[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
