import type { LanguageWorker, LanguageWorkerPlatform } from './language-worker.js';

/** What the placeholders of a language worker stand for. */
export interface CommandFacts {
  /** The app's folder as the language worker sees it. */
  readonly appDirectory: string;
  readonly slash: '/' | '\\';
  /** The file of our own language worker, relative to its folder. */
  readonly entry: string;
  readonly memoryBytes: number;
  readonly runtimeVersion: string | undefined;
  /** What the app's `worker.config.json` names; undefined when it has none. */
  readonly appWorker: string | undefined;
}

export interface CommandLine {
  readonly executable: string;
  /** Those that are the language worker's own; the host's come behind them. */
  readonly arguments: readonly string[];
  readonly workerDirectory: string;
}

const MEBIBYTE = 1024 * 1024;
/**
 * The rest is for buffers, stacks and code, which language runtimes do not count as heap. Of its own accord V8 takes half of the
 * memory that it may use as the limit of its heap, and a function would fail with the other half unused.
 */
const HEAP_SHARE = 0.75;

/** Three quarters of a container's memory, in MiB. */
export function heapMebibytes(memoryBytes: number): number {
  return Math.floor((memoryBytes / MEBIBYTE) * HEAP_SHARE);
}

/** How a language worker is started on a platform. Throws `TypeError` for a placeholder that nothing fills. */
export function commandLine(
  worker: LanguageWorker,
  platform: LanguageWorkerPlatform,
  facts: CommandFacts,
): CommandLine {
  const values: Record<string, string | undefined> = {
    appDirectory: facts.appDirectory,
    slash: facts.slash,
    entry: facts.entry,
    heapMebibytes: String(heapMebibytes(facts.memoryBytes)),
    runtimeVersion: facts.runtimeVersion ?? worker.defaultRuntimeVersion,
    appWorker: facts.appWorker,
  };
  const workerDirectory = fill(platform.workerDirectory, values);
  const all = { ...values, workerDirectory };
  return {
    executable: platform.executable,
    arguments: worker.arguments.map((argument) => fill(argument, all)),
    workerDirectory,
  };
}

function fill(text: string, values: Readonly<Record<string, string | undefined>>): string {
  return text.replaceAll(/\{(\w+)\}/g, (_whole, name: string) => {
    const value = values[name];
    if (value === undefined) throw new TypeError(`Nothing is known for {${name}} of "${text}".`);
    return value;
  });
}
