import {
  RpcStatus,
  type InvocationResponse,
  type ParameterBinding,
} from '#shared/contracts/function-rpc/messages.js';
import {
  RpcSameSite,
  type RpcHttp,
  type RpcHttpCookie,
  type TypedData,
} from '#shared/contracts/function-rpc/values.js';
import type {
  CoreCookie,
  CoreHttp,
  CoreInvocationResponse,
  CoreTypedData,
} from '../core-module/core-types.js';
import { toRpcException } from '../errors.js';

const SAME_SITE: Readonly<Record<string, RpcSameSite>> = {
  lax: RpcSameSite.Lax,
  strict: RpcSameSite.Strict,
  explicitNone: RpcSameSite.ExplicitNone,
};
const SUCCESS = Object.freeze({ status: RpcStatus.Success });

/** @returns the message for an invocation that went well, from what its programming model made of the result. */
export function toRpcResponse(invocationId: string, response: CoreInvocationResponse): InvocationResponse {
  return {
    invocationId,
    outputData: (response.outputData ?? []).map(toRpcOutput),
    returnValue: toRpcTypedData(response.returnValue),
    result: SUCCESS,
  };
}

/** @returns the message for an invocation that failed. */
export function toFailureResponse(invocationId: string, thrown: unknown): InvocationResponse {
  return { invocationId, result: { status: RpcStatus.Failure, exception: toRpcException(thrown) } };
}

/** @returns the message for an invocation that ended because the host had given it up. */
export function toCancelledResponse(invocationId: string): InvocationResponse {
  return { invocationId, result: { status: RpcStatus.Cancelled } };
}

function toRpcOutput(output: { name?: string | null; data?: CoreTypedData | null }): ParameterBinding {
  return { name: output.name ?? '', data: toRpcTypedData(output.data) };
}

function toRpcTypedData(data: CoreTypedData | null | undefined): TypedData | undefined {
  if (data === null || data === undefined) return undefined;
  if (data.http !== null && data.http !== undefined) return { http: toRpcHttp(data.http) };
  // The libraries call every whole number an int; those beyond 64 bits only a double can hold.
  if (typeof data.int === 'number' && !Number.isSafeInteger(data.int)) return { double: data.int };
  return data as TypedData;
}

/** Only what the protocol knows: the v3 library hands on whatever else the function put into its response. */
function toRpcHttp(http: CoreHttp): RpcHttp {
  return {
    statusCode: http.statusCode ?? undefined,
    headers: http.headers ?? undefined,
    cookies: (http.cookies ?? []).map(toRpcCookie),
    body: toRpcTypedData(http.body),
    enableContentNegotiation: http.enableContentNegotiation === true,
  };
}

function toRpcCookie(cookie: CoreCookie): RpcHttpCookie {
  return { ...cookie, sameSite: SAME_SITE[cookie.sameSite ?? ''] ?? RpcSameSite.None } as RpcHttpCookie;
}
