/** The values that travel in FunctionRpc messages: inputs, outputs, HTTP requests and responses. */

/** One value; exactly one property is set. */
export interface TypedData {
  string?: string;
  json?: string;
  bytes?: Uint8Array;
  stream?: Uint8Array;
  http?: RpcHttp;
  int?: number;
  double?: number;
  collectionBytes?: { bytes?: Uint8Array[] };
  collectionString?: { string?: string[] };
  collectionDouble?: { double?: number[] };
  collectionSint64?: { sint64?: number[] };
  modelBindingData?: ModelBindingData;
  collectionModelBindingData?: { modelBindingData?: ModelBindingData[] };
}

/** A reference to an object that a SDK type stands for (a blob, a queue message). */
export interface ModelBindingData {
  version?: string;
  source?: string;
  contentType?: string;
  content?: Uint8Array;
}

export interface NullableString {
  value?: string;
}

export interface NullableDouble {
  value?: number;
}

export interface NullableBool {
  value?: boolean;
}

export interface NullableTimestamp {
  value?: { seconds?: number; nanos?: number };
}

export const RpcSameSite = { None: 0, Lax: 1, Strict: 2, ExplicitNone: 3 } as const;
/** `None` says nothing in the cookie, `ExplicitNone` writes `SameSite=None`. */
export type RpcSameSite = (typeof RpcSameSite)[keyof typeof RpcSameSite];

export interface RpcHttpCookie {
  name?: string;
  value?: string;
  domain?: NullableString;
  path?: NullableString;
  expires?: NullableTimestamp;
  secure?: NullableBool;
  httpOnly?: NullableBool;
  sameSite?: RpcSameSite;
  /** In seconds. */
  maxAge?: NullableDouble;
}

export interface RpcClaim {
  value?: string;
  type?: string;
}

export interface RpcClaimsIdentity {
  authenticationType?: NullableString;
  nameClaimType?: NullableString;
  roleClaimType?: NullableString;
  claims?: RpcClaim[];
}

/**
 * An HTTP request or response. The nullable maps stand instead of the plain ones once the language worker
 * announced `UseNullableValueDictionaryForHttp`; header names are in lower case, the URL is absolute.
 */
export interface RpcHttp {
  method?: string;
  url?: string;
  headers?: Record<string, string>;
  body?: TypedData;
  params?: Record<string, string>;
  /** A response's status, in digits. */
  statusCode?: string;
  query?: Record<string, string>;
  enableContentNegotiation?: boolean;
  rawBody?: TypedData;
  identities?: RpcClaimsIdentity[];
  cookies?: RpcHttpCookie[];
  nullableHeaders?: Record<string, NullableString>;
  nullableParams?: Record<string, NullableString>;
  nullableQuery?: Record<string, NullableString>;
}

/** The name of the one property of a TypedData that is set. */
export type TypedDataKind = keyof TypedData;

/** @returns which property of the value is set, or undefined for "no value". */
export function typedDataKind(data: TypedData): TypedDataKind | undefined {
  for (const kind of Object.keys(data) as TypedDataKind[]) {
    if (data[kind] !== undefined && data[kind] !== null) return kind;
  }
  return undefined;
}
