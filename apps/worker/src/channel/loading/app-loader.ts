import type { RpcFunctionMetadata } from '#shared/contracts/function-rpc/messages.js';
import { InvalidInputError } from '#shared/domain/errors.js';
import { compileFunction, type LoadedFunction } from '../invocation/loaded-function.js';
import type { PendingAnswers } from '../stream/pending-answers.js';
import { AppProblemsError, failOn } from './app-problems.js';
import { readFunctionFolders } from './function-folders.js';
import { folderFunctionMetadata } from './folder-function-metadata.js';
import { indexedFunctionOf, type IndexedFunction } from './function-metadata.js';
import { loadProblemOf } from './load-problem.js';
import { compileCapabilities, type WorkerCapabilities } from './worker-capabilities.js';

export interface AppFolders {
  /** The app's folder on this machine. */
  readonly packageFolder: string;
  /** The same as the language worker sees it. */
  readonly appDirectory: string;
}

/** An app that is ready to be invoked. */
export interface ReadyApp {
  readonly capabilities: WorkerCapabilities;
  readonly functions: readonly LoadedFunction[];
}

/** A function with what the language worker must be told of it. */
interface Loadable extends IndexedFunction {
  readonly metadata: RpcFunctionMetadata;
}

const NO_FUNCTIONS =
  'There are no functions in the app: neither does its code register any (app.http(…) and the like, in the file that package.json names as "main") nor has it folders with a function.json.';

/**
 * Takes a language worker that was told of an app (`initialise`, `reload`) on to the loaded app: asks for the functions, loads
 * each. Azure's order, and Azure's limit for each step.
 */
export class AppLoader {
  constructor(
    private readonly answers: PendingAnswers,
    private readonly folders: AppFolders,
  ) {}

  /**
   * @param announced the capabilities that the language worker has announced
   * Throws `AppProblemsError`, `ChannelTimeoutError`, `ChannelClosedError`.
   */
  async load(announced: Readonly<Record<string, string>>): Promise<ReadyApp> {
    const capabilities = compileCapabilities(announced);
    const found = await this.findFunctions();
    if (found.length === 0) throw new AppProblemsError([NO_FUNCTIONS]);
    failOn(doubleNames(found));
    // What is disabled is listed but never run: it may be broken.
    const enabled = found.filter(({ definition }) => !definition.disabled);
    const problems = await Promise.all(enabled.map((loadable) => this.loadFunction(loadable)));
    failOn(problems.filter((problem) => problem !== null));
    return {
      capabilities,
      functions: found.map(({ functionId, definition }) => compileFunction(functionId, definition)),
    };
  }

  private async findFunctions(): Promise<readonly Loadable[]> {
    const { appDirectory } = this.folders;
    const response = await this.answers.ask(
      { functionsMetadataRequest: { functionAppDirectory: appDirectory } },
      'functionMetadataResponse',
    );
    failOn([loadProblemOf(response.result, 'Loading the app', appDirectory)]);
    return response.useDefaultMetadataIndexing
      ? this.readFolders()
      : this.checkIndexed(response.functionMetadataResults ?? []);
  }

  /** Programming model v3: a folder a function. */
  private async readFolders(): Promise<readonly Loadable[]> {
    const { packageFolder, appDirectory } = this.folders;
    const { functions, problems } = await readFunctionFolders(packageFolder);
    failOn(problems);
    return functions.map((definition) => ({
      functionId: definition.name,
      definition,
      metadata: folderFunctionMetadata(definition, appDirectory),
    }));
  }

  /** Programming model v4: the language worker found them by running the app's code. */
  private checkIndexed(results: readonly RpcFunctionMetadata[]): readonly Loadable[] {
    const problems: (string | null)[] = [];
    const found: Loadable[] = [];
    for (const metadata of results) {
      const subject = `Function "${metadata.name ?? ''}"`;
      problems.push(loadProblemOf(metadata.status, subject, this.folders.appDirectory));
      try {
        found.push({ ...indexedFunctionOf(metadata), metadata });
      } catch (error) {
        if (!(error instanceof InvalidInputError)) throw error;
        problems.push(error.message, ...error.details);
      }
    }
    failOn(problems);
    return found;
  }

  private async loadFunction({ functionId, definition, metadata }: Loadable): Promise<string | null> {
    const response = await this.answers.ask(
      { functionLoadRequest: { functionId, metadata } },
      'functionLoadResponse',
    );
    return loadProblemOf(response.result, `Function "${definition.name}"`, this.folders.appDirectory);
  }
}

/** Azure's function names are the same in any case. */
function doubleNames(found: readonly Loadable[]): string[] {
  const names = found.map(({ definition }) => definition.name.toLowerCase());
  const twice = found.filter((_, index) => names.indexOf(names[index] as string) !== index);
  return twice.map(({ definition }) => `There are two functions with the name "${definition.name}".`);
}
