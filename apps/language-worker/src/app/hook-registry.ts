import type { HookCallback } from '../core-module/core-types.js';
import { UnknownHookError } from '../errors.js';

const HOOK_NAMES = ['appStart', 'appTerminate', 'preInvocation', 'postInvocation', 'log'] as const;

export type HookName = (typeof HOOK_NAMES)[number];

/** The hooks of one app, in the order in which they were registered. */
export class HookRegistry {
  readonly #callbacks: Readonly<Record<HookName, HookCallback[]>> = {
    appStart: [],
    appTerminate: [],
    preInvocation: [],
    postInvocation: [],
    log: [],
  };

  /**
   * @returns takes the callback out again.
   * @throws UnknownHookError
   */
  add(name: string, callback: HookCallback): () => void {
    if (!isHookName(name)) throw new UnknownHookError(name);
    const callbacks = this.#callbacks[name];
    callbacks.push(callback);
    return () => {
      const index = callbacks.indexOf(callback);
      if (index >= 0) callbacks.splice(index, 1);
    };
  }

  has(name: HookName): boolean {
    return this.#callbacks[name].length > 0;
  }

  /** Runs the hooks one after another. What one throws ends the row and is thrown on. */
  async run(name: HookName, context: object): Promise<void> {
    for (const callback of [...this.#callbacks[name]]) await callback(context);
  }

  /** Runs hooks that have no right to wait. */
  runSync(name: HookName, context: object): void {
    for (const callback of [...this.#callbacks[name]]) callback(context);
  }
}

function isHookName(name: string): name is HookName {
  return (HOOK_NAMES as readonly string[]).includes(name);
}
