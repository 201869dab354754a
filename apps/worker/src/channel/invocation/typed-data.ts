import { isUtf8 } from 'node:buffer';
import type { TypedData } from '#shared/contracts/function-rpc/values.js';
import type { JsonValue } from '#shared/domain/json.js';

/** A JSON value for a language worker: text as text, all else as JSON. */
export function typedDataOf(value: JsonValue): TypedData {
  if (typeof value === 'string') return { string: value };
  if (typeof value === 'number') return Number.isSafeInteger(value) ? { int: value } : { double: value };
  return { json: JSON.stringify(value) };
}

/**
 * What a language worker gave back, as JSON; undefined when it is nothing at all. Bytes that are UTF-8 become text, others
 * base64: JSON knows no bytes.
 */
export function jsonValueOf(data: TypedData | undefined): JsonValue | undefined {
  if (!data) return undefined;
  if (data.json !== undefined) return parsed(data.json);
  if (data.string !== undefined) return data.string;
  if (data.int !== undefined) return data.int;
  if (data.double !== undefined) return data.double;
  const bytes = data.bytes ?? data.stream;
  if (bytes !== undefined) return textOf(bytes).text;
  return listOf(data);
}

function listOf(data: TypedData): JsonValue | undefined {
  if (data.collectionString) return [...(data.collectionString.string ?? [])];
  if (data.collectionDouble) return [...(data.collectionDouble.double ?? [])];
  if (data.collectionSint64) return [...(data.collectionSint64.sint64 ?? [])];
  if (data.collectionBytes) return (data.collectionBytes.bytes ?? []).map((bytes) => textOf(bytes).text);
  return undefined;
}

/** An empty or broken `json` is a mistake of the language worker; what it wrote is the best that can be kept. */
function parsed(json: string): JsonValue | undefined {
  if (json === '') return undefined;
  try {
    return JSON.parse(json) as JsonValue;
  } catch {
    return json;
  }
}

export interface EncodedText {
  readonly text: string;
  readonly encoding: 'utf8' | 'base64';
}

/** Bytes as text that turns back into the very same bytes. */
export function textOf(bytes: Uint8Array): EncodedText {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return isUtf8(buffer)
    ? { text: buffer.toString('utf8'), encoding: 'utf8' }
    : { text: buffer.toString('base64'), encoding: 'base64' };
}

/** How any JSON value begins; words are looked at to their end, because plain text often begins with one of their letters. */
const JSON_BEGINS = /^\s*(?:[{["\-\d]|(?:true|false|null)\s*$)/;

/** Whether the text is JSON. Plain text is told apart by its beginning, mostly: an exception costs more than all the rest. */
export function isJsonText(text: string): boolean {
  if (!JSON_BEGINS.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
