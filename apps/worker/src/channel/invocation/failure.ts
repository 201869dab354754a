import type { RpcException, StatusResult } from '#shared/contracts/function-rpc/messages.js';
import type { Failure } from '#shared/domain/invocation.js';

/** A class' name at the very beginning of a stack: `TypeError: x is not a function`. */
const CLASS_IN_STACK = /^(?:Uncaught )?([A-Za-z_$][\w$.]*)(?=:|\n|$)/;

/** What a language worker said of a failure. */
export function failureOf(result: StatusResult | undefined): Failure {
  const exception: RpcException = result?.exception ?? {};
  const { message, stackTrace: stack } = exception;
  return {
    source: 'function',
    type: exception.type || CLASS_IN_STACK.exec(stack ?? '')?.[1] || 'Error',
    message: message || result?.result || 'The function failed without saying why.',
    ...(stack ? { stack } : {}),
  };
}

/** The other way round: what an attempt is told of the failure of the one before it. */
export function rpcExceptionOf(failure: Failure): RpcException {
  return {
    message: failure.message,
    type: failure.type,
    stackTrace: failure.stack ?? '',
    isUserException: failure.source === 'function',
  };
}
