import type { RpcFunctionMetadata } from '#shared/contracts/function-rpc/messages.js';
import type {
  CoreFunctionMetadata,
  FunctionCallback,
  FunctionRegistration,
  ProgrammingModel,
} from '../core-module/core-types.js';
import { SystemError, type AppLoadError } from '../errors.js';
import { toCoreMetadata, toRpcMetadata } from './function-metadata.js';
import type { HookData } from './hook-contexts.js';
import { HookRegistry } from './hook-registry.js';

/** A function that can be invoked. */
export interface LoadedFunction {
  readonly metadata: CoreFunctionMetadata;
  readonly callback: FunctionCallback;
  /** Under which the host files what an invocation logs. */
  readonly logCategory: string;
  readonly hasHttpTrigger: boolean;
}

interface RegisteredFunction extends LoadedFunction {
  readonly rpcMetadata: RpcFunctionMetadata;
}

/**
 * The function app in this process, with all that its code and its libraries registered.
 *
 * Its life: made empty; **open** while its entry points run and register functions and hooks; **closed**
 * from the moment the host asks for its functions. An app whose entry points failed stays, with its
 * `startError`, and answers that to whatever is asked of it. An environment reload makes a new one.
 *
 * Functions come in two ways: v4 apps register theirs by code, v3 functions are loaded one by one from what
 * the host read in `function.json`.
 */
export class FunctionApp {
  readonly hooks = new HookRegistry();
  /** Shared by all hooks. */
  readonly appHookData: HookData = {};
  /** Shared by the hooks of the app's start and end. */
  readonly lifecycleHookData: HookData = {};
  /** Requests and responses of its HTTP functions travel over an HTTP server of its library. */
  streamsHttp = false;
  startError: AppLoadError | undefined;
  /** The file that is being loaded: the best guess at where a function is defined. */
  currentEntryPoint: string | undefined;
  readonly #registered = new Map<string, RegisteredFunction>();
  readonly #classic = new Map<string, LoadedFunction>();
  #isClosed = false;

  constructor(
    /** Absolute; empty for a placeholder. */
    readonly directory: string,
    public programmingModel: ProgrammingModel,
  ) {}

  /** Whether the app told its functions by code, so that nobody needs to look for `function.json`. */
  get registersFunctions(): boolean {
    return this.#registered.size > 0;
  }

  /**
   * @returns takes the function out again, while the app is open.
   * @throws SystemError when the app is closed or has such a function.
   */
  register(registration: FunctionRegistration, callback: FunctionCallback): () => void {
    this.#mustBeOpen();
    const functionId = registration.functionId ?? registration.name;
    if (this.#registered.has(functionId)) {
      throw new SystemError(`There are two functions with the id "${functionId}".`);
    }
    const rpcMetadata = toRpcMetadata(registration, functionId, this.currentEntryPoint);
    const metadata: CoreFunctionMetadata = {
      name: registration.name,
      functionId,
      directory: rpcMetadata.directory,
      scriptFile: rpcMetadata.scriptFile,
      bindings: registration.bindings,
    };
    this.#registered.set(functionId, { ...toLoadedFunction(metadata, callback), rpcMetadata });
    return () => {
      this.#mustBeOpen();
      this.#registered.delete(functionId);
    };
  }

  /** Closes the app to further registrations. */
  close(): void {
    this.#isClosed = true;
  }

  /** What the host needs to know of the functions that were registered by code. */
  registeredMetadata(): RpcFunctionMetadata[] {
    return [...this.#registered.values()].map((registered) => registered.rpcMetadata);
  }

  /** Adds a v3 function, or replaces it. */
  addClassic(functionId: string, rpcMetadata: RpcFunctionMetadata, callback: FunctionCallback): void {
    this.#classic.set(functionId, toLoadedFunction(toCoreMetadata(functionId, rpcMetadata), callback));
  }

  find(functionId: string): LoadedFunction | undefined {
    return this.#registered.get(functionId) ?? this.#classic.get(functionId);
  }

  #mustBeOpen(): void {
    if (this.#isClosed) throw new SystemError('Functions can be registered only while the app starts.');
  }
}

function toLoadedFunction(metadata: CoreFunctionMetadata, callback: FunctionCallback): LoadedFunction {
  const types = Object.values(metadata.bindings).map((binding) => String(binding.type).toLowerCase());
  return {
    metadata,
    callback,
    logCategory: `${metadata.name}.Invocation`,
    hasHttpTrigger: types.includes('httptrigger'),
  };
}
