import type { TypedData } from '#shared/contracts/function-rpc/values.js';
import { isJsonText } from './typed-data.js';

/** A queue message as Azure hands it over: `json` when its text is JSON, `bytes` where the trigger asks for them, else `string`. */
export function messageData(message: string, binary: boolean): TypedData {
  if (binary) return { bytes: Buffer.from(message, 'utf8') };
  return isJsonText(message) ? { json: message } : { string: message };
}

/**
 * Messages for a trigger with `cardinality: many`: one JSON array, each element what the message alone would be. JSON goes
 * into it as it stands, unparsed; plain text as a JSON string.
 */
export function messagesData(messages: readonly string[], binary: boolean): TypedData {
  if (binary) return { collectionBytes: { bytes: messages.map((message) => Buffer.from(message, 'utf8')) } };
  const elements = messages.map((message) => (isJsonText(message) ? message : JSON.stringify(message)));
  return { json: `[${elements.join(',')}]` };
}

/** Azure's queues keep a message so long. */
const TIME_TO_LIVE_MS = 7 * 24 * 60 * 60 * 1000;
/** For how long a message that was taken is hidden from others, there. */
const VISIBILITY_TIMEOUT_MS = 10 * 60 * 1000;

/** What Azure's queue trigger tells of a message, for one that never was in an Azure queue. */
export function defaultQueueMetadata(
  invocationId: string,
  dequeueCount: number,
  nowMs: number,
): Record<string, TypedData> {
  return {
    Id: { string: invocationId },
    DequeueCount: { int: dequeueCount },
    InsertionTime: isoTime(nowMs),
    ExpirationTime: isoTime(nowMs + TIME_TO_LIVE_MS),
    NextVisibleTime: isoTime(nowMs + VISIBILITY_TIMEOUT_MS),
    PopReceipt: { string: invocationId },
  };
}

function isoTime(timeMs: number): TypedData {
  return { json: `"${new Date(timeMs).toISOString()}"` };
}
