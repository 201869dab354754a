import type { InvocationRequest } from '#shared/contracts/function-rpc/messages.js';

/**
 * @returns the request as programming models get it. They read the decoded message itself; only what they
 *   hand on to functions is written out, so that its defaults are seen.
 */
export function toCoreRequest(request: InvocationRequest): InvocationRequest {
  const { retryContext } = request;
  if (!retryContext) return request;
  const { retryCount = 0, maxRetryCount = 0, exception } = retryContext;
  return {
    invocationId: request.invocationId,
    functionId: request.functionId,
    inputData: request.inputData,
    triggerMetadata: request.triggerMetadata,
    traceContext: request.traceContext,
    retryContext: { retryCount, maxRetryCount, ...(exception && { exception }) },
  };
}
