import type { FunctionCallback, LogCategory, LogLevel } from '../core-module/core-types.js';

/** Free for hooks to keep what they like in. */
export type HookData = Record<string, unknown>;

/** What each hook gets. The getters have no setters: hooks may fill these objects but not exchange them. */
export class HookContext {
  readonly #hookData: HookData;
  readonly #appHookData: HookData;

  /**
   * @param hookData shared by the hooks of one scope: one invocation, or the app's start and end.
   * @param appHookData shared by all hooks of the app.
   */
  constructor(hookData: HookData, appHookData: HookData) {
    this.#hookData = hookData;
    this.#appHookData = appHookData;
  }

  get hookData(): HookData {
    return this.#hookData;
  }

  get appHookData(): HookData {
    return this.#appHookData;
  }
}

export class AppStartContext extends HookContext {
  constructor(
    hookData: HookData,
    appHookData: HookData,
    readonly functionAppDirectory: string,
  ) {
    super(hookData, appHookData);
  }
}

class InvocationHookContext extends HookContext {
  readonly #invocationContext: unknown;

  constructor(
    hookData: HookData,
    appHookData: HookData,
    invocationContext: unknown,
    public inputs: unknown[],
  ) {
    super(hookData, appHookData);
    this.#invocationContext = invocationContext;
  }

  get invocationContext(): unknown {
    return this.#invocationContext;
  }
}

/** Before a function runs: a hook may change its inputs and exchange the function. */
export class PreInvocationContext extends InvocationHookContext {
  constructor(
    hookData: HookData,
    appHookData: HookData,
    invocationContext: unknown,
    inputs: unknown[],
    public functionCallback: FunctionCallback,
  ) {
    super(hookData, appHookData, invocationContext, inputs);
  }
}

/** After a function ran: a hook may exchange its result, and set or clear its error. */
export class PostInvocationContext extends InvocationHookContext {
  constructor(
    hookData: HookData,
    appHookData: HookData,
    invocationContext: unknown,
    inputs: unknown[],
    public result: unknown,
    public error: unknown,
  ) {
    super(hookData, appHookData, invocationContext, inputs);
  }
}

/** At each log line: a hook may change the level and the text of what the app logs. */
export class LogHookContext extends HookContext {
  readonly #invocationContext: unknown;
  readonly #category: LogCategory;

  constructor(
    hookData: HookData,
    appHookData: HookData,
    invocationContext: unknown,
    category: LogCategory,
    public level: LogLevel,
    public message: string,
  ) {
    super(hookData, appHookData);
    this.#invocationContext = invocationContext;
    this.#category = category;
  }

  get category(): LogCategory {
    return this.#category;
  }

  get invocationContext(): unknown {
    return this.#invocationContext;
  }
}
