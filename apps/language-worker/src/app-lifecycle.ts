import { relative } from 'node:path';
import {
  RpcCapabilitiesUpdateStrategy,
  RpcStatus,
  type FunctionEnvironmentReloadRequest,
  type FunctionEnvironmentReloadResponse,
  type FunctionLoadRequest,
  type FunctionLoadResponse,
  type FunctionMetadataResponse,
  type StatusResult,
  type WorkerInitRequest,
  type WorkerInitResponse,
} from '#shared/contracts/function-rpc/messages.js';
import { HTTP_URI_CAPABILITY } from '#shared/contracts/http-tunnel.js';
import type { AppLoader } from './app/app-loader.js';
import type { AppSlot } from './app/app-slot.js';
import { resolveClassicEntryPoint } from './app/classic-entry-point.js';
import type { FunctionApp } from './app/function-app.js';
import { HookContext } from './app/hook-contexts.js';
import { loadScript } from './app/load-script.js';
import { forgetRequiredModules } from './app/module-freshness.js';
import { replaceEnvironment } from './config.js';
import type { Capabilities } from './core-module/core-types.js';
import { SystemError, toRpcException } from './errors.js';
import { describeCapabilities, describeWorker } from './worker-description.js';

const SUCCESS: StatusResult = { status: RpcStatus.Success };

function failure(thrown: unknown): StatusResult {
  return { status: RpcStatus.Failure, exception: toRpcException(thrown) };
}

/**
 * What the host asks about the app as a whole: to load it, what functions it has, to replace it, to end it.
 * Each method answers one request and never rejects; requests must come one at a time.
 */
export class AppLifecycle {
  readonly #slot: AppSlot;
  readonly #loader: AppLoader;
  readonly #ownFile: string;
  readonly #onStreaming: (httpUri: string | undefined) => void;

  /**
   * @param ownFile the file that this process was started with.
   * @param onStreaming is told of each app where its library's HTTP server is, or that it has none.
   */
  constructor(
    slot: AppSlot,
    loader: AppLoader,
    ownFile: string,
    onStreaming: (httpUri: string | undefined) => void,
  ) {
    this.#slot = slot;
    this.#loader = loader;
    this.#ownFile = ownFile;
    this.#onStreaming = onStreaming;
  }

  /** Loads the app, or makes a placeholder ready for one that is named later. */
  async initialize(request: WorkerInitRequest): Promise<WorkerInitResponse> {
    this.#slot.hostVersion = request.hostVersion ?? '';
    try {
      const app = await this.#start(request.functionAppDirectory ?? '');
      const capabilities = await this.#describe(app);
      return { capabilities, workerMetadata: describeWorker(app), result: SUCCESS };
    } catch (error) {
      return { workerMetadata: describeWorker(this.#slot.current), result: failure(error) };
    }
  }

  /** Replaces the environment whole, then the app. */
  async reload(request: FunctionEnvironmentReloadRequest): Promise<FunctionEnvironmentReloadResponse> {
    const capabilitiesUpdateStrategy = RpcCapabilitiesUpdateStrategy.Replace;
    try {
      replaceEnvironment(request.environmentVariables ?? {});
      const app = await this.#start(request.functionAppDirectory ?? '');
      const capabilities = await this.#describe(app);
      return {
        capabilities,
        capabilitiesUpdateStrategy,
        workerMetadata: describeWorker(app),
        result: SUCCESS,
      };
    } catch (error) {
      const workerMetadata = describeWorker(this.#slot.current);
      return { capabilitiesUpdateStrategy, workerMetadata, result: failure(error) };
    }
  }

  /** Says which functions the app registered by code, or what kept it from starting. */
  describeFunctions(): FunctionMetadataResponse {
    const app = this.#slot.current;
    app.close();
    const useDefaultMetadataIndexing = !app.registersFunctions;
    if (app.startError !== undefined) return { useDefaultMetadataIndexing, result: failure(app.startError) };
    return {
      useDefaultMetadataIndexing,
      functionMetadataResults: app.registeredMetadata(),
      result: SUCCESS,
    };
  }

  /** Loads one v3 function. One that was registered by code is there already. */
  async loadFunction(request: FunctionLoadRequest): Promise<FunctionLoadResponse> {
    const functionId = request.functionId ?? '';
    const app = this.#slot.current;
    app.close();
    try {
      if (app.startError !== undefined) throw app.startError;
      if (!app.registersFunctions) await this.#loadClassic(app, functionId, request);
      return { functionId, result: SUCCESS };
    } catch (error) {
      return { functionId, result: failure(error) };
    }
  }

  /** Runs what the app hooked to its end. What fails there fails nothing. */
  async terminate(): Promise<void> {
    const app = this.#slot.current;
    const context = new HookContext(app.lifecycleHookData, app.appHookData);
    await app.hooks.run('appTerminate', context).catch(() => {});
  }

  async #start(directory: string): Promise<FunctionApp> {
    if (directory === '') return this.#slot.current;
    process.chdir(directory);
    const app = this.#slot.renew(directory);
    if (this.#slot.generation > 1) forgetRequiredModules(this.#ownFile);
    await this.#loader.load(app);
    return app;
  }

  async #describe(app: FunctionApp): Promise<Capabilities> {
    const capabilities = await describeCapabilities(app);
    this.#onStreaming(capabilities[HTTP_URI_CAPABILITY]);
    return capabilities;
  }

  async #loadClassic(app: FunctionApp, functionId: string, request: FunctionLoadRequest): Promise<void> {
    const metadata = request.metadata ?? {};
    const name = metadata.name ?? functionId;
    try {
      if (!metadata.scriptFile) throw new SystemError('It has no script file.');
      const script = await loadScript(metadata.scriptFile);
      app.addClassic(functionId, metadata, resolveClassicEntryPoint(script, metadata.entryPoint));
      // The library is evaluated now rather than in the first call.
      if (app.programmingModel === this.#slot.classicModel) await this.#slot.classicModel.prepare();
    } catch (error) {
      const file = metadata.scriptFile ? ` in ${relative(app.directory, metadata.scriptFile)}` : '';
      throw await this.#loader.explain(`The function "${name}"${file}`, app.directory, error);
    }
  }
}
