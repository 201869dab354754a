import { describe, expect, it } from '@jest/globals';
import protobuf from 'protobufjs';
import { fileURLToPath } from 'node:url';
import { decodeStreamingMessage, encodeStreamingMessage } from './codec.js';
import { contentKind, type StreamingMessage } from './streaming-message.js';
import { typedDataKind, type TypedData } from './values.js';

const protoFile = fileURLToPath(new URL('./function-rpc.proto', import.meta.url));

/** protobufjs' own reading of the .proto, oneofs and all: the reference for what stands on the wire. */
async function referenceType(): Promise<protobuf.Type> {
  const root = await protobuf.load(protoFile);
  return root.lookupType('AzureFunctionsRpcMessages.StreamingMessage');
}

function roundTrip(message: StreamingMessage): StreamingMessage {
  return decodeStreamingMessage(encodeStreamingMessage(message));
}

function roundTripData(data: TypedData): TypedData {
  return roundTrip({ invocationResponse: { returnValue: data } }).invocationResponse!.returnValue!;
}

const httpInvocation: StreamingMessage = {
  requestId: 'r-1',
  invocationRequest: {
    invocationId: 'i-1',
    functionId: 'f-1',
    inputData: [
      {
        name: 'request',
        data: {
          http: {
            method: 'POST',
            url: 'http://localhost/api/a?x=1',
            nullableHeaders: { host: { value: 'localhost' }, 'x-empty': { value: '' }, 'x-null': {} },
            body: { bytes: Buffer.from([0, 255, 1]) },
            cookies: [{ name: 'c', value: 'v', maxAge: { value: 1.5 }, expires: { value: { seconds: 7 } } }],
          },
        },
      },
    ],
    triggerMetadata: { sys: { json: '{"a":1}' } },
    retryContext: { retryCount: 2, maxRetryCount: 5 },
  },
};

describe('the FunctionRpc codec', () => {
  it('writes the bytes that the .proto describes', async () => {
    const reference = await referenceType();
    const bytes = encodeStreamingMessage(httpInvocation);
    const plain = reference.toObject(reference.decode(bytes), { longs: Number });
    expect(plain).toEqual(httpInvocation);
    const theirs = Buffer.from(reference.encode(reference.fromObject(httpInvocation)).finish());
    expect(bytes.equals(theirs)).toBe(true);
  });

  it('reads the bytes that the .proto describes', async () => {
    const reference = await referenceType();
    const theirs = reference.encode(reference.fromObject(httpInvocation)).finish();
    expect(decodeStreamingMessage(Buffer.from(theirs))).toEqual(httpInvocation);
  });

  it('answers defaults for what was not sent', () => {
    const request = roundTrip({ invocationRequest: { retryContext: {} } }).invocationRequest!;
    expect(request.invocationId).toBe('');
    expect(request.inputData).toEqual([]);
    expect(request.triggerMetadata).toEqual({});
    expect(request.traceContext).toBeUndefined();
    expect(request.retryContext!.retryCount).toBe(0);
    expect(roundTrip({ workerTerminate: { gracePeriod: {} } }).workerTerminate!.gracePeriod!.seconds).toBe(0);
  });

  it('tells an empty member of a oneof from an absent one', () => {
    const data = roundTripData({ string: '' });
    expect(typedDataKind(data)).toBe('string');
    expect(data.json).toBeUndefined();
    expect(typedDataKind(roundTripData({}))).toBeUndefined();
    expect(roundTripData({ int: 0 }).int).toBe(0);
  });

  it.each([
    ['int', 9007199254740991],
    ['int', -42],
    ['double', 0.1],
    ['json', '{"ä":"😀"}'],
    ['collectionSint64', { sint64: [1, -2, 4294967296] }],
    ['collectionString', { string: ['', 'b'] }],
  ] as const)('carries %s %j', (kind, value) => {
    expect(roundTripData({ [kind]: value })[kind]).toEqual(value);
  });

  it('shows only what was sent to who walks over a message or makes JSON of it', () => {
    const http = roundTripData({ http: { url: 'u', body: { bytes: Buffer.from('a') } } }).http!;
    const seen: string[] = [];
    for (const key in http) seen.push(key);
    expect(seen).toEqual(['url', 'body']);
    expect(JSON.stringify({ ...http.body })).toBe('{"bytes":{"type":"Buffer","data":[97]}}');
  });

  it('gives bytes as Buffers', () => {
    const bytes = roundTripData({ bytes: Buffer.from('abc') }).bytes!;
    expect(Buffer.isBuffer(bytes)).toBe(true);
    expect(bytes.toString()).toBe('abc');
  });

  it('says which content a message carries, also one without fields', () => {
    expect(contentKind(roundTrip({ requestId: 'x', workerStatusRequest: {} }))).toBe('workerStatusRequest');
    expect(contentKind({ requestId: 'x', rpcLog: undefined })).toBeUndefined();
    expect(contentKind(roundTrip({}))).toBeUndefined();
  });

  it('passes over fields from a later version of the protocol', () => {
    const later = Buffer.concat([
      encodeStreamingMessage({ requestId: 'x' }),
      Buffer.from([0x9a, 0x3f, 1, 7]),
    ]);
    expect(decodeStreamingMessage(later).requestId).toBe('x');
  });

  it('refuses a truncated message', () => {
    const bytes = encodeStreamingMessage(httpInvocation);
    expect(() => decodeStreamingMessage(bytes.subarray(0, bytes.length - 3))).toThrow(RangeError);
  });

  it('keeps a key named like a part of the language apart from the prototype', () => {
    const headers = Object.fromEntries([['__proto__', 'x']]);
    const http = roundTripData({ http: { headers } }).http!;
    expect(Object.keys(http.headers!)).toEqual(['__proto__']);
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });
});
