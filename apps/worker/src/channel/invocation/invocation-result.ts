import { RpcStatus, type InvocationResponse } from '#shared/contracts/function-rpc/messages.js';
import type { InvocationOutput } from '#shared/domain/invocation.js';
import type { JsonValue } from '#shared/domain/json.js';
import type { ChannelResult } from '../language-worker-channel.js';
import { failureOf } from './failure.js';
import { httpResponseOf, InvalidHttpResponseError } from './http-response.js';
import type { LoadedFunction } from './loaded-function.js';
import { jsonValueOf } from './typed-data.js';

const RETURN_VALUE = '$return';

/** How an invocation ended, from the language worker's answer. Arrays from queue outputs stay arrays: a message an element. */
export function channelResultOf(loaded: LoadedFunction, response: InvocationResponse): ChannelResult {
  switch (response.result?.status) {
    case RpcStatus.Success:
      return succeeded(loaded, response);
    case RpcStatus.Cancelled:
      return { state: 'cancelled' };
    default:
      return { state: 'failed', failure: failureOf(response.result) };
  }
}

function succeeded(loaded: LoadedFunction, response: InvocationResponse): ChannelResult {
  try {
    return { state: 'succeeded', output: outputOf(loaded, response) };
  } catch (error) {
    if (!(error instanceof InvalidHttpResponseError)) throw error;
    return { state: 'failed', failure: { source: 'function', type: error.name, message: error.message } };
  }
}

function outputOf(loaded: LoadedFunction, response: InvocationResponse): InvocationOutput {
  const { httpOutputName } = loaded;
  const output: { -readonly [Key in keyof InvocationOutput]: InvocationOutput[Key] } = {};
  if (loaded.triggerKind === 'http') output.http = httpResponseOf(httpDataOf(loaded, response));
  if (httpOutputName !== RETURN_VALUE) {
    const returnValue = jsonValueOf(response.returnValue);
    if (returnValue !== undefined) output.returnValue = returnValue;
  }
  const outputs = outputsOf(response, httpOutputName);
  if (outputs) output.outputs = outputs;
  return output;
}

/** An HTTP function without an HTTP output answers nothing. */
function httpDataOf(loaded: LoadedFunction, response: InvocationResponse) {
  const { httpOutputName } = loaded;
  if (httpOutputName === undefined) return undefined;
  if (httpOutputName === RETURN_VALUE) return response.returnValue;
  return response.outputData?.find(({ name }) => name === httpOutputName)?.data;
}

function outputsOf(
  response: InvocationResponse,
  httpOutputName: string | undefined,
): Record<string, JsonValue> | undefined {
  let outputs: Record<string, JsonValue> | undefined;
  for (const { name, data } of response.outputData ?? []) {
    const value = name === undefined || name === httpOutputName ? undefined : jsonValueOf(data);
    if (name !== undefined && value !== undefined) (outputs ??= {})[name] = value;
  }
  return outputs;
}
