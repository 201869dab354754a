const MAX_TAIL_BYTES = 8 * 1024;

/** Keeps the last of what a process wrote: usually says why it died. */
export class Tail {
  private chunks: Buffer[] = [];
  private bytes = 0;

  push(chunk: Buffer): void {
    const kept = chunk.length > MAX_TAIL_BYTES ? chunk.subarray(-MAX_TAIL_BYTES) : chunk;
    // A copy: a view would keep the whole chunk that it came in.
    this.chunks.push(Buffer.from(kept));
    this.bytes += kept.length;
    // Trimmed only now and then, so that many small writes do not copy the tail each time.
    if (this.bytes > 2 * MAX_TAIL_BYTES) this.trim();
  }

  text(): string {
    this.trim();
    const tail = Buffer.concat(this.chunks);
    return tail.subarray(firstWholeCharacter(tail)).toString('utf8');
  }

  private trim(): void {
    const all = Buffer.concat(this.chunks);
    const tail = Buffer.from(all.subarray(-MAX_TAIL_BYTES));
    this.chunks = [tail];
    this.bytes = tail.length;
  }
}

/** The tail may begin in the middle of a UTF-8 character, whose later bytes all are 10xxxxxx; there are at most three. */
function firstWholeCharacter(bytes: Buffer): number {
  let index = 0;
  while (index < 3 && index < bytes.length && ((bytes[index] as number) & 0xc0) === 0x80) index += 1;
  return index;
}
