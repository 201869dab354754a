import { InvalidInputError } from '#shared/domain/errors.js';
import { APP_RUNTIMES, type AppRuntime, type LanguageWorker } from './language-worker.js';
import { LANGUAGE_WORKERS, NIGHTJAR_NODE } from './language-worker-table.js';

/** The language worker that a worker's settings give apps of one runtime. */
export interface LanguageWorkerChoice {
  readonly worker: LanguageWorker;
  readonly runtimeVersion?: string;
  /** Without it the image is made of this machine's own files: ours only, and only for Linux. */
  readonly image?: string;
}

export type LanguageWorkerChoices = ReadonlyMap<AppRuntime, LanguageWorkerChoice>;

/** Node apps with our own language worker, in an image that is made. */
export const DEFAULT_CHOICES: LanguageWorkerChoices = new Map([['node', { worker: NIGHTJAR_NODE }]]);

/** `python=microsoft-python/3.12@registry.example/functions:1`: runtime, language worker, its version, its image. */
const ENTRY = /^([a-z-]+)=([a-z-]+)(?:\/([0-9][0-9.]*))?(?:@(\S+))?$/;

/**
 * Reads the setting `languageWorkers`, entries with commas between. Node apps have our own language worker unless an entry says
 * otherwise; `containerImage` is the image of its containers.
 * Throws `InvalidInputError` with a detail for each entry that is wrong.
 */
export function parseLanguageWorkers(
  setting: string,
  containerImage: string | undefined,
): LanguageWorkerChoices {
  const choices = new Map<AppRuntime, LanguageWorkerChoice>([
    ['node', { worker: NIGHTJAR_NODE, ...(containerImage === undefined ? {} : { image: containerImage }) }],
  ]);
  const problems: string[] = [];
  const seen = new Set<AppRuntime>();
  for (const entry of setting.split(',').map((part) => part.trim())) {
    if (entry === '') continue;
    const parsed = parseEntry(entry, containerImage);
    if (typeof parsed === 'string') problems.push(`languageWorkers: "${entry}" ${parsed}`);
    else if (seen.has(parsed.worker.runtime)) {
      problems.push(
        `languageWorkers: "${entry}" is the second entry for ${parsed.worker.runtime}: name each runtime once.`,
      );
    } else {
      seen.add(parsed.worker.runtime);
      choices.set(parsed.worker.runtime, parsed);
    }
  }
  if (problems.length > 0) throw new InvalidInputError('The settings of worker are not right.', problems);
  return choices;
}

/** The choice, or what is wrong as the rest of a sentence. */
function parseEntry(entry: string, containerImage: string | undefined): LanguageWorkerChoice | string {
  const [, runtime, id, runtimeVersion, ownImage] = entry.match(ENTRY) ?? [];
  if (runtime === undefined) return 'must read runtime=language-worker, with /version and @image if need be.';
  if (!(APP_RUNTIMES as readonly string[]).includes(runtime)) {
    return `names no runtime; those are ${APP_RUNTIMES.join(', ')}.`;
  }
  const fitting = LANGUAGE_WORKERS.filter((candidate) => candidate.runtime === runtime);
  const worker = fitting.find((candidate) => candidate.id === id);
  if (worker === undefined)
    return `names no language worker for it: ${fitting.map((one) => one.id).join(' or ')}.`;
  const image = ownImage ?? (worker === NIGHTJAR_NODE ? containerImage : undefined);
  if (image === undefined && worker !== NIGHTJAR_NODE)
    return `names no image: add @ and one such as ${worker.images[0]}.`;
  return { worker, ...(runtimeVersion ? { runtimeVersion } : {}), ...(image === undefined ? {} : { image }) };
}
