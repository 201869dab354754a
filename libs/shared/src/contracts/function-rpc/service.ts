import { decodeStreamingMessage, encodeStreamingMessage } from './codec.js';
import type { StreamingMessage } from './streaming-message.js';

/** The path of the one remote call of the protocol. */
export const EVENT_STREAM_PATH = '/AzureFunctionsRpcMessages.FunctionRpc/EventStream';

/**
 * The FunctionRpc service in the form that @grpc/grpc-js takes for `makeGenericClientConstructor` and
 * `server.addService`. It stands here without importing grpc-js, which only the two ends may.
 */
export const functionRpcService = {
  eventStream: {
    path: EVENT_STREAM_PATH,
    requestStream: true,
    responseStream: true,
    requestSerialize: encodeStreamingMessage,
    requestDeserialize: decodeStreamingMessage,
    responseSerialize: encodeStreamingMessage,
    responseDeserialize: decodeStreamingMessage,
  },
} as const satisfies Record<string, EventStreamMethod>;

interface EventStreamMethod {
  path: string;
  requestStream: true;
  responseStream: true;
  requestSerialize(message: StreamingMessage): Buffer;
  requestDeserialize(bytes: Buffer): StreamingMessage;
  responseSerialize(message: StreamingMessage): Buffer;
  responseDeserialize(bytes: Buffer): StreamingMessage;
}
