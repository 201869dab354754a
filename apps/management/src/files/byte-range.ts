import type { ByteRange } from '#shared/store/blob-store.js';

/** What a `Range` header asks of a file: a part, all of it (none, or one that is not understood), or what is not there. */
export type RangeRequest = ByteRange | 'all' | 'unsatisfiable';

/** RFC 9110, 14.2: one range of bytes. Several at once, and other units, may be ignored, and are. */
export function parseRange(header: string | undefined, sizeBytes: number): RangeRequest {
  const [, from = '', to = ''] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '') ?? [];
  if (from === '' && to === '') return 'all';
  if (from === '') return lastBytes(Number(to), sizeBytes);
  const start = Number(from);
  const end = to === '' ? sizeBytes : Math.min(Number(to) + 1, sizeBytes);
  if (to !== '' && Number(to) < start) return 'all';
  return start < sizeBytes ? { start, end } : 'unsatisfiable';
}

function lastBytes(count: number, sizeBytes: number): RangeRequest {
  if (count === 0 || sizeBytes === 0) return 'unsatisfiable';
  return { start: Math.max(0, sizeBytes - count), end: sizeBytes };
}
