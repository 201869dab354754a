/**
 * A request path's segments, decoded. As in ASP.NET an escaped slash stays escaped, so that it never divides; an escape that is
 * none stays as it is; one slash at the end is ignored.
 * @param path without the query, beginning with "/"
 */
export function pathSegments(path: string): string[] {
  const end = path.endsWith('/') ? path.length - 1 : path.length;
  if (end <= 1) return [];
  const segments = path.slice(1, end).split('/');
  return path.includes('%') ? segments.map(decodeSegment) : segments;
}

function decodeSegment(segment: string): string {
  if (!segment.includes('%')) return segment;
  try {
    return decodeURIComponent(segment.replace(/%2f/gi, '%252F'));
  } catch {
    return segment;
  }
}
