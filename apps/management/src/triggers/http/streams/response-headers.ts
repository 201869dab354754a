import { endToEndHeaders, type HttpHeader } from '#shared/domain/http-headers.js';

/**
 * The headers of a streamed response: the function's, and of the app's own (`customHeaders`) those that it did not give itself.
 * @param closes the connection can't be kept: of the request's body a part has not come yet
 */
export function responseHeaders(
  headers: readonly HttpHeader[],
  customHeaders: readonly HttpHeader[],
  closes: boolean,
): HttpHeader[] {
  const own = endToEndHeaders(headers);
  const there = new Set(own.map(([name]) => name.toLowerCase()));
  const added = customHeaders.filter(([name]) => !there.has(name.toLowerCase()));
  return [...own, ...added, ...(closes ? [['connection', 'close'] as const] : [])];
}
