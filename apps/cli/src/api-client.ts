import { Readable } from 'node:stream';
import { ReadableStream } from 'node:stream/web';
import { apiErrorOf, UnreachableError } from './api-error.js';
import type {
  AcceptedBatch,
  BatchRun,
  InvocationSummary,
  LoggedLine,
  PublishedFunction,
} from './api-answers.js';

export interface ApiClientOptions {
  readonly url: string;
  readonly adminKey?: string | undefined;
  /** Ends whatever is under way. */
  readonly signal?: AbortSignal | undefined;
}

export interface NewBatch {
  readonly app: string;
  readonly functionName: string;
  readonly name?: string | undefined;
}

export interface InvocationFilter {
  readonly app?: string | undefined;
  readonly functionName?: string | undefined;
  readonly state?: string | undefined;
  readonly limit?: number | undefined;
}

type Query = Readonly<Record<string, string | number | undefined>>;

interface Call {
  readonly method?: string;
  readonly query?: Query;
  readonly body?: Readable;
  readonly contentType?: string;
}

/** Management's API as a program calls it. Every method throws `ApiError` or `UnreachableError`. */
export class ApiClient {
  constructor(private readonly options: ApiClientOptions) {}

  /** Sends a package and waits until it is active. */
  async publish(app: string, zip: Readable): Promise<void> {
    const path = `/apps/${encodeURIComponent(app)}/api/zipdeploy`;
    await this.#call(path, { method: 'POST', body: zip, contentType: 'application/zip' });
  }

  /** Sends a JSON Lines file, one item a line; the run starts at once. */
  async submitBatch(batch: NewBatch, items: Readable): Promise<AcceptedBatch> {
    const { app, functionName, name } = batch;
    return this.#json<AcceptedBatch>('/api/v1/batches', {
      method: 'POST',
      query: { app, function: functionName, name },
      body: items,
      contentType: 'application/x-ndjson',
    });
  }

  async run(runId: string): Promise<BatchRun> {
    return this.#json<BatchRun>(runPath(runId));
  }

  /** The newest runs first. */
  async runs(limit: number): Promise<readonly BatchRun[]> {
    const answer = await this.#json<{ runs: readonly BatchRun[] }>('/api/v1/batches/runs', {
      query: { limit },
    });
    return answer.runs;
  }

  async cancelRun(runId: string): Promise<void> {
    await this.#call(`${runPath(runId)}/cancel`, { method: 'POST' });
  }

  async functions(): Promise<readonly PublishedFunction[]> {
    return this.#json<readonly PublishedFunction[]>('/api/v1/functions');
  }

  /** The newest invocations first. */
  async invocations(filter: InvocationFilter): Promise<readonly InvocationSummary[]> {
    const { functionName, ...rest } = filter;
    const answer = await this.#json<{ invocations: readonly InvocationSummary[] }>('/api/v1/invocations', {
      query: { ...rest, function: functionName },
    });
    return answer.invocations;
  }

  /** Everything known of an invocation but its log: input, output, attempts, times, machine. */
  async invocation(id: string): Promise<object> {
    return this.#json<object>(`/api/v1/invocations/${encodeURIComponent(id)}`);
  }

  async invocationLogs(id: string): Promise<readonly LoggedLine[]> {
    const answer = await this.#json<{ lines: readonly LoggedLine[] }>(
      `/api/v1/invocations/${encodeURIComponent(id)}/logs`,
    );
    return answer.lines;
  }

  async #json<T>(path: string, call: Call = {}): Promise<T> {
    const response = await this.#call(path, call);
    return (await response.json()) as T;
  }

  async #call(path: string, { method = 'GET', query = {}, body, contentType }: Call): Promise<Response> {
    const url = withQuery(new URL(this.options.url.replace(/\/+$/, '') + path), query);
    const response = await this.#fetch(url, {
      method,
      headers: this.#headers(contentType),
      signal: this.options.signal ?? null,
      ...(body && { body: Readable.toWeb(body) as ReadableStream<Uint8Array>, duplex: 'half' }),
    });
    if (!response.ok) throw await apiErrorOf(response, `${method} ${url.pathname}`);
    return response;
  }

  #headers(contentType: string | undefined): Record<string, string> {
    return {
      accept: 'application/json',
      ...(contentType !== undefined && { 'content-type': contentType }),
      ...(this.options.adminKey !== undefined && { 'x-functions-key': this.options.adminKey }),
    };
  }

  async #fetch(url: URL, init: RequestInit): Promise<Response> {
    try {
      return await fetch(url, init);
    } catch (error) {
      if (this.options.signal?.aborted) throw error;
      // fetch's own words are "fetch failed": what happened stands in its cause.
      const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new UnreachableError(`${url.origin} can't be reached: ${why}`, { cause: error });
    }
  }
}

function runPath(runId: string): string {
  return `/api/v1/batches/runs/${encodeURIComponent(runId)}`;
}

function withQuery(url: URL, query: Query): URL {
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) url.searchParams.set(name, String(value));
  }
  return url;
}
