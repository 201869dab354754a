const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const SPACE = 0x20;
const TAB = 0x09;

/**
 * Is told of each line of a JSON Lines file: where it ends (the offset after its newline, from the first byte that was fed) and
 * whether it is blank. False stops the scan before the line: it does not count.
 */
export type VisitLine = (endOffset: number, isBlank: boolean) => boolean;

/**
 * Finds the lines of a JSON Lines file that comes in pieces, without looking at what stands in them.
 *
 * A line ends with "\n" or with the file. A line of nothing but spaces, tabs and carriage returns is *blank*: it has a number
 * like every line, but is no item. Management's line numbers and a worker's agree because both count by this.
 */
export class LineScanner {
  private offset = 0;
  private lineStart = 0;
  /** Something other than blanks has been seen in the line that began in an earlier piece. */
  private lineHasContent = false;

  constructor(private readonly visit: VisitLine) {}

  /** Bytes of the line that has not come to its end yet. */
  get openLineBytes(): number {
    return this.offset - this.lineStart;
  }

  /** Takes the next piece; false when `visit` stopped the scan. */
  feed(piece: Buffer): boolean {
    let from = 0;
    for (;;) {
      const newline = piece.indexOf(NEWLINE, from);
      const end = newline < 0 ? piece.length : newline;
      this.lineHasContent ||= hasContent(piece, from, end);
      if (newline < 0) break;
      from = newline + 1;
      if (!this.endLine(this.offset + from)) return false;
    }
    this.offset += piece.length;
    return true;
  }

  /** The file is over: what follows the last newline, if anything, is its last line. */
  end(): void {
    if (this.openLineBytes > 0) this.endLine(this.offset);
  }

  private endLine(endOffset: number): boolean {
    const goesOn = this.visit(endOffset, !this.lineHasContent);
    this.lineStart = endOffset;
    this.lineHasContent = false;
    return goesOn;
  }
}

/** Nearly always decided by the first byte, which is a "{". */
function hasContent(piece: Buffer, start: number, end: number): boolean {
  for (let index = start; index < end; index += 1) {
    const byte = piece[index];
    if (byte !== SPACE && byte !== TAB && byte !== CARRIAGE_RETURN) return true;
  }
  return false;
}
