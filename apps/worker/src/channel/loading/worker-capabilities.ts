import { HTTP_URI_CAPABILITY, RELAY_CAPABILITY } from '#shared/contracts/http-tunnel.js';
import type { StreamingServer } from '../language-worker-channel.js';

/** What a language worker said it can do, as far as it changes what we send. */
export interface WorkerCapabilities {
  /** Headers, query and route parameters in the nullable maps instead of the plain ones. */
  readonly nullableMaps: boolean;
  /** An HTTP body as the bytes that came, whatever their type. */
  readonly rawBodyBytes: boolean;
  /** No second copy of an HTTP body (`rawBody`). */
  readonly bodyOnly: boolean;
  readonly ignoreEmptyHeaders: boolean;
  /** What an HTTP request holds anyway is left out of the trigger metadata. */
  readonly httpMetadataRemoved: boolean;
  /** Where HTTP requests are to be forwarded to; undefined: they go with the invocation. */
  readonly streaming: StreamingServer | undefined;
}

/** A language worker before it has said anything. */
export const NO_CAPABILITIES: WorkerCapabilities = compileCapabilities({});

/** Reads the capabilities of a WorkerInitResponse. */
export function compileCapabilities(announced: Readonly<Record<string, string>>): WorkerCapabilities {
  const has = (name: string): boolean => isTrue(announced[name]);
  return {
    nullableMaps: has('UseNullableValueDictionaryForHttp'),
    rawBodyBytes: has('RawHttpBodyBytes'),
    bodyOnly: has('RpcHttpBodyOnly'),
    ignoreEmptyHeaders: has('IgnoreEmptyValuedRpcHttpHeaders'),
    httpMetadataRemoved: has('RpcHttpTriggerMetadataRemoved'),
    streaming: streamingServerOf(announced[HTTP_URI_CAPABILITY], !has(RELAY_CAPABILITY)),
  };
}

/** An address without a port, or that is none, is as good as none: requests go with the invocation then. */
function streamingServerOf(uri: string | undefined, needsRelay: boolean): StreamingServer | undefined {
  const port = uri === undefined ? 0 : Number(URL.parse(uri)?.port);
  return port > 0 ? { port, needsRelay } : undefined;
}

/** The word for "yes" differs from language to language (`true`, `True`, `1`, `_`): anything but a clear no. */
function isTrue(value: string | undefined): boolean {
  return value !== undefined && !/^(false|0)?$/i.test(value.trim());
}
