/**
 * StreamingMessages to bytes and back, by the encoders and decoders that protobufjs compiles.
 *
 * Thousands of messages a second pass here on both sides, so there is no conversion step: what is decoded
 * is what the callers get, absent fields are answered by the prototype, and a byte field is a view into the
 * message's own buffer.
 */
import protobuf from 'protobufjs/light.js';
import { functionRpcDescriptor } from './function-rpc.generated.js';
import type { StreamingMessage } from './streaming-message.js';

const { BufferReader, Root, Type, Writer } = protobuf;

/** Passes over fields that it does not know. */
class MessageReader extends BufferReader {
  constructor(bytes: Uint8Array) {
    super(bytes);
    this.discardUnknown = true;
  }
}

// 64-bit integers are read as numbers instead of Long objects; assigned, because the compiler would not let
// a subclass answer another type.
Object.assign(MessageReader.prototype, {
  int64(this: MessageReader): number {
    return Number(BufferReader.prototype.int64.call(this));
  },
  sint64(this: MessageReader): number {
    return Number(BufferReader.prototype.sint64.call(this));
  },
});

/**
 * Gives a type a constructor that allocates nothing but the message. protobufjs' own makes an object for
 * each map and each list of every message, of which most stay empty: here the prototype answers for those
 * with one frozen value. The prototype shows nothing of itself, because the programming models walk over
 * messages with `for in` and make JSON of them.
 */
function defineMessageClass(type: protobuf.Type): void {
  const messageClass = function Message() {} as unknown as protobuf.Constructor<object>;
  type.ctor = messageClass;
  const prototype = messageClass.prototype as object;
  const defaults = Object.fromEntries(
    type.fieldsArray.map((field) => [field.name, { value: defaultOf(field), writable: true }]),
  );
  delete (prototype as { $type?: unknown }).$type;
  Object.setPrototypeOf(prototype, Object.prototype);
  for (const name of Object.keys(prototype)) delete (prototype as Record<string, unknown>)[name];
  Object.defineProperties(prototype, defaults);
}

/** What an absent field answers. */
function defaultOf(field: protobuf.Field): unknown {
  if (field.repeated || field.map) return field.defaultValue as unknown;
  if (field.hasPresence || field.resolvedType instanceof Type) return undefined;
  return field.type in protobuf.types.long ? 0 : (field.defaultValue as unknown);
}

function defineMessageClasses(namespace: protobuf.NamespaceBase): void {
  for (const nested of namespace.nestedArray) {
    if (nested instanceof Type) defineMessageClass(nested);
    if (nested instanceof protobuf.Namespace) defineMessageClasses(nested);
  }
}

function compileStreamingMessage(): protobuf.Type {
  const root = Root.fromJSON(functionRpcDescriptor);
  root.resolveAll();
  defineMessageClasses(root);
  return root.lookupType('AzureFunctionsRpcMessages.StreamingMessage').setup();
}

const streamingMessageType = compileStreamingMessage();

/** @returns the message's bytes; the buffer is the caller's own. */
export function encodeStreamingMessage(message: StreamingMessage): Buffer {
  // `true` hands out the writer's buffer instead of a copy: the writer is not used again.
  return (streamingMessageType.encode(message).finish as (shared: boolean) => Buffer)(true);
}

/** Bytes before each message on a gRPC stream: a compression flag (0 = plain) and the length, big-endian. */
const FRAME_HEAD_BYTES = 5;

/** @returns the message as it stands on a gRPC stream, head and all, for who writes to HTTP/2 by itself. */
export function encodeFramedMessage(message: StreamingMessage): Buffer {
  const writer = Writer.create().bool(false).fixed32(0);
  streamingMessageType.encode(message, writer);
  const frame = (writer.finish as (shared: boolean) => Buffer)(true);
  frame.writeUInt32BE(frame.length - FRAME_HEAD_BYTES, 1);
  return frame;
}

/**
 * @param bytes one whole message; byte fields of the result are views into it.
 * @returns a message that answers defaults for absent fields; its empty lists and maps are frozen.
 * @throws RangeError or Error when the bytes are not a StreamingMessage.
 */
export function decodeStreamingMessage(bytes: Buffer): StreamingMessage {
  return streamingMessageType.decode(new MessageReader(bytes)) as unknown as StreamingMessage;
}
