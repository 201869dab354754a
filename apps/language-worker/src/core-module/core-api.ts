import type { AppSlot } from '../app/app-slot.js';
import type { LogSender } from '../log-sender.js';
import { WORKER_VERSION } from '../worker-version.js';
import type {
  FunctionCallback,
  FunctionRegistration,
  HookCallback,
  LogCategory,
  LogLevel,
  ProgrammingModel,
} from './core-types.js';
import { Disposable } from './disposable.js';

/** What `@azure/functions-core` exports. */
export interface CoreApi {
  readonly version: string;
  readonly hostVersion: string;
  readonly Disposable: typeof Disposable;
  registerFunction(registration: FunctionRegistration, callback: FunctionCallback): Disposable;
  registerHook(name: string, callback: HookCallback): Disposable;
  setProgrammingModel(model: ProgrammingModel): void;
  getProgrammingModel(): ProgrammingModel;
  log(level: LogLevel, category: LogCategory, message: string): void;
}

/** @returns the module's exports, which act on the app that runs at the time of each call. */
export function createCoreApi(slot: AppSlot, log: LogSender): CoreApi {
  return {
    version: WORKER_VERSION,
    get hostVersion() {
      return slot.hostVersion;
    },
    Disposable,
    registerFunction: (registration, callback) =>
      new Disposable(slot.current.register(registration, callback)),
    registerHook: (name, callback) => new Disposable(slot.current.hooks.add(name, callback)),
    setProgrammingModel: (model) => slot.setProgrammingModel(model),
    getProgrammingModel: () => slot.current.programmingModel,
    log: (level, category, message) => log.write(level, category, message),
  };
}
