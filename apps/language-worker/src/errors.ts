import { inspect } from 'node:util';
import type { RpcException } from '#shared/contracts/function-rpc/messages.js';

/** Chains of causes longer than this are cut. */
const MAX_CAUSES = 8;

/**
 * Thrown when the worker, and not the function, is at fault or refuses something. The libraries mark
 * their own errors of this kind with the same property.
 */
export class SystemError extends Error {
  readonly isAzureFunctionsSystemError = true;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'SystemError';
  }
}

/** Thrown for a hook that this worker does not know; libraries look for the name to tell that it is too old. */
export class UnknownHookError extends RangeError {
  readonly isAzureFunctionsSystemError = true;

  constructor(hookName: string) {
    super(`There is no hook "${hookName}".`);
  }
}

/** Thrown when an app can't be loaded. Its stack is that of the error that the app caused. */
export class AppLoadError extends SystemError {
  constructor(message: string, cause: unknown) {
    super(message);
    this.name = 'AppLoadError';
    this.stack = `${message}\n${stackOf(cause)}`;
  }
}

/** @returns what whatever was thrown says of itself; a function may throw anything. */
export function messageOf(thrown: unknown): string {
  if (thrown instanceof Error) return String(thrown.message);
  if (thrown === undefined || thrown === null) return 'Unknown error';
  if (typeof thrown === 'string') return thrown;
  return inspect(thrown, { breakLength: Infinity });
}

/** @returns the stack, and those of the causes behind it. */
export function stackOf(thrown: unknown): string {
  const stacks: string[] = [];
  let current = thrown;
  for (let depth = 0; depth < MAX_CAUSES && current !== undefined && current !== null; depth += 1) {
    const stack = current instanceof Error ? String(current.stack ?? current.message) : messageOf(current);
    stacks.push(depth === 0 ? stack : `Caused by: ${stack}`);
    current = current instanceof Error && current.cause !== thrown ? current.cause : undefined;
  }
  return stacks.join('\n');
}

/** @returns the error as the host is told of it; what is not the worker's fault is the function's. */
export function toRpcException(thrown: unknown): RpcException {
  const isSystemError =
    thrown instanceof Error &&
    (thrown as { isAzureFunctionsSystemError?: unknown }).isAzureFunctionsSystemError === true;
  return {
    message: messageOf(thrown),
    stackTrace: stackOf(thrown),
    type: thrown instanceof Error ? String(thrown.name) : typeof thrown,
    isUserException: !isSystemError,
  };
}
