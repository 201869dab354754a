/** A member of a C structure on 64-bit Windows. */
export interface Member {
  readonly name: string;
  readonly type: 'byte' | 'dword' | 'long' | 'large' | 'pointer' | 'wchars';
  /** Of `wchars`: how many, with the closing zero. */
  readonly length?: number;
}

const SIZES = { byte: 1, dword: 4, long: 4, large: 8, pointer: 8, wchars: 2 } as const;

/**
 * Lays a structure out as a C compiler does: each member at a multiple of its own size, the whole a multiple of the largest.
 * @param values a missing one is zero
 */
export function layOut(
  members: readonly Member[],
  values: Readonly<Record<string, number | bigint | string>>,
): Buffer {
  const bytes = Buffer.alloc(4096);
  let at = 0;
  let largest = 1;
  for (const { name, type, length = 1 } of members) {
    const size = SIZES[type];
    largest = Math.max(largest, size);
    at = Math.ceil(at / size) * size;
    put(bytes, at, type, values[name] ?? 0);
    at += size * length;
  }
  return bytes.subarray(0, Math.ceil(at / largest) * largest);
}

function put(bytes: Buffer, at: number, type: Member['type'], value: number | bigint | string): void {
  if (typeof value === 'string') bytes.write(value, at, 'utf16le');
  else if (type === 'byte') bytes.writeUInt8(Number(value), at);
  else if (type === 'dword') bytes.writeUInt32LE(Number(value), at);
  else if (type === 'long') bytes.writeInt32LE(Number(value), at);
  else bytes.writeBigInt64LE(BigInt(value), at);
}
