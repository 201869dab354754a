import type { Readable } from 'node:stream';

const NEWLINE = 0x0a;
const EMPTY: Buffer = Buffer.alloc(0);

export interface LineText {
  readonly text: string;
  /** There was more of it than the limit. */
  readonly isCut: boolean;
}

/** Lines of a file by their numbers, in ascending order; what lies between is passed over. Lines end as for `LineScanner`. */
export class LineStream {
  private readonly pieces: AsyncIterator<Buffer>;
  private piece = EMPTY;
  private at = 0;
  private hasEnded = false;

  /** @param number of the first line of the content */
  constructor(
    private readonly content: Readable,
    private number: number,
    private readonly maxLineBytes: number,
  ) {
    this.pieces = (content as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
  }

  /** Null when the content has no such line, or has passed it. */
  async line(wanted: number): Promise<LineText | null> {
    while (this.number < wanted && !this.hasEnded) await this.toNewline(null);
    if (this.number !== wanted || !(await this.hasMore())) return null;
    const kept: Buffer[] = [];
    const bytes = await this.toNewline(kept);
    const text = Buffer.concat(kept).toString('utf8').replace(/\r$/, '');
    return { text, isCut: bytes > this.maxLineBytes };
  }

  close(): void {
    this.content.destroy();
  }

  /** Reads to the next line's begin; the length of the line. @param kept gets the line's bytes, up to the limit */
  private async toNewline(kept: Buffer[] | null): Promise<number> {
    let bytes = 0;
    while (await this.hasMore()) {
      const newline = this.piece.indexOf(NEWLINE, this.at);
      const end = newline < 0 ? this.piece.length : newline;
      const room = Math.max(0, this.maxLineBytes - bytes);
      if (kept) kept.push(this.piece.subarray(this.at, Math.min(end, this.at + room)));
      bytes += end - this.at;
      this.at = newline < 0 ? end : end + 1;
      if (newline >= 0) break;
    }
    this.number += 1;
    return bytes;
  }

  private async hasMore(): Promise<boolean> {
    while (this.at >= this.piece.length && !this.hasEnded) {
      const next = await this.pieces.next();
      this.hasEnded = next.done === true;
      this.piece = next.done === true ? EMPTY : next.value;
      this.at = 0;
    }
    return this.at < this.piece.length;
  }
}
