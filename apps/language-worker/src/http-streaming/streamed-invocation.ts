import type { InvocationRequest } from '#shared/contracts/function-rpc/messages.js';
import type { NullableString, RpcHttp, TypedData } from '#shared/contracts/function-rpc/values.js';
import type { LoadedFunction } from '../app/function-app.js';
import type { CoreInvocationResponse } from '../core-module/core-types.js';
import { SystemError } from '../errors.js';
import type { StreamedAnswer } from './http-exchange.js';
import { toCoreHttp } from './streamed-response.js';

/** The name of the binding that stands for what a function returns. */
const RETURN_BINDING = '$return';

/** @throws SystemError when the request holds no HTTP request. */
export function findHttpRequest(request: InvocationRequest): RpcHttp {
  const http = request.inputData?.find((input) => input.data?.http !== undefined)?.data?.http;
  if (http === undefined) throw new SystemError('The invocation of an HTTP function holds no HTTP request.');
  return http;
}

/**
 * @returns the request as a library that streams expects it: headers and query as JSON in the trigger
 *   metadata, beside the route's parameters.
 */
export function toStreamedRequest(request: InvocationRequest, http: RpcHttp): InvocationRequest {
  const params = plain(http.nullableParams, http.params);
  const triggerMetadata: Record<string, TypedData> = {};
  for (const [name, value] of Object.entries(params)) triggerMetadata[name] = { string: value };
  triggerMetadata['Headers'] = { json: JSON.stringify(plain(http.nullableHeaders, http.headers)) };
  triggerMetadata['Query'] = { json: JSON.stringify(plain(http.nullableQuery, http.query)) };
  return {
    invocationId: request.invocationId,
    functionId: request.functionId,
    inputData: request.inputData,
    triggerMetadata,
    traceContext: request.traceContext,
    retryContext: request.retryContext,
  };
}

function plain(
  nullable: Record<string, NullableString> | undefined,
  simple: Record<string, string> | undefined,
): Record<string, string> {
  const entries = Object.entries(nullable ?? {});
  if (entries.length === 0) return simple ?? {};
  return Object.fromEntries(entries.map(([name, { value }]) => [name, value ?? '']));
}

/** Whether the library wrote an HTTP response; it writes none for a function that answered nothing. */
export function answersByHttp(target: LoadedFunction, context: unknown, result: unknown): boolean {
  return httpOutputs(target).some((name) => {
    const value = name === RETURN_BINDING ? result : extraOutput(context, name);
    return value !== undefined && value !== null;
  });
}

/** @returns the response with the HTTP answer in the place where the host looks for it. */
export function withHttpAnswer(
  target: LoadedFunction,
  response: CoreInvocationResponse,
  answer: StreamedAnswer,
): CoreInvocationResponse {
  const data = { http: toCoreHttp(answer) };
  const [name = RETURN_BINDING] = httpOutputs(target);
  if (name === RETURN_BINDING) return { ...response, returnValue: data };
  return { ...response, outputData: [...(response.outputData ?? []), { name, data }] };
}

function httpOutputs(target: LoadedFunction): string[] {
  const bindings = Object.entries(target.metadata.bindings);
  return bindings
    .filter(([, { type, direction }]) => direction === 'out' && String(type).toLowerCase() === 'http')
    .map(([name]) => name);
}

function extraOutput(context: unknown, name: string): unknown {
  const { extraOutputs } = context as { extraOutputs?: { get(name: string): unknown } };
  return extraOutputs?.get(name);
}
