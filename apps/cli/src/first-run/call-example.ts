import { HTTP_EXAMPLE, HTTP_FUNCTION } from './examples.js';

export interface ExampleCall {
  readonly url: string;
  readonly status: number;
  readonly body: string;
}

/**
 * Calls the HTTP example as any client would.
 * @throws {Error} when the answer is none of the 2xx
 */
export async function callExample(managementUrl: string, signal: AbortSignal): Promise<ExampleCall> {
  const url = new URL(`/apps/${HTTP_EXAMPLE}/api/${HTTP_FUNCTION}`, managementUrl);
  url.searchParams.set('name', 'Nightjar');
  const response = await fetch(url, { signal });
  const body = await response.text();
  if (!response.ok) throw new Error(`GET ${url.href} answered ${response.status} ${body.slice(0, 500)}`);
  return { url: url.href, status: response.status, body };
}
