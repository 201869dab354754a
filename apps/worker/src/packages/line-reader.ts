import { isUtf8 } from 'node:buffer';
import type { InputLine, LineProblem } from './batch-input.js';

const NEWLINE = 0x0a;
/** Windows programs begin a UTF-8 file with it; JSON has none. */
const BYTE_ORDER_MARK = '\ufeff';
const BLANK = /^[ \t\r]*$/;

/**
 * Cuts a JSON Lines file that comes in pieces into lines. Blank lines are numbered and left out, by the same rule by which
 * management counts (`LineScanner`). A line over the limit is not kept in memory and comes out without its text; so does one
 * that is not UTF-8, since a replaced character would be another value than the one that was sent.
 */
export class LineReader {
  #open: Buffer[] = [];
  #openBytes = 0;

  constructor(
    private lineNumber: number,
    private readonly maxLineBytes: number,
  ) {}

  /** The lines that this piece completes. */
  feed(piece: Buffer): InputLine[] {
    const lastNewline = piece.lastIndexOf(NEWLINE);
    if (lastNewline < 0) {
      this.#keep(piece);
      return [];
    }
    const firstNewline = piece.indexOf(NEWLINE);
    this.#keep(piece.subarray(0, firstNewline));
    const lines = this.end();
    this.#readWhole(piece.subarray(firstNewline + 1, lastNewline + 1), lines);
    this.#keep(piece.subarray(lastNewline + 1));
    return lines;
  }

  /** The line that has begun and is not complete is the last one, or ends here. */
  end(): InputLine[] {
    const isTooLong = this.#openBytes > this.maxLineBytes;
    const bytes = Buffer.concat(this.#open);
    this.#open = [];
    this.#openBytes = 0;
    return isTooLong ? [this.#refuse('tooLong')] : this.#readLine(bytes);
  }

  /** Whether bytes of a line wait for its end. */
  get hasOpenLine(): boolean {
    return this.#openBytes > 0;
  }

  /** Decoding many lines at once is several times faster than each by itself: that is for the block with a bad one in it. */
  #readWhole(block: Buffer, lines: InputLine[]): void {
    if (block.length === 0) return;
    if (!isUtf8(block)) return this.#readOneByOne(block, lines);
    const texts = block.toString('utf8').split('\n');
    texts.pop();
    for (const text of texts) {
      if (this.#isTooLong(text)) lines.push(this.#refuse('tooLong'));
      else lines.push(...this.#number(text));
    }
  }

  #readOneByOne(block: Buffer, lines: InputLine[]): void {
    for (let start = 0; start < block.length;) {
      const end = block.indexOf(NEWLINE, start);
      lines.push(...this.#readLine(block.subarray(start, end)));
      start = end + 1;
    }
  }

  #readLine(bytes: Buffer): InputLine[] {
    if (bytes.length > this.maxLineBytes) return [this.#refuse('tooLong')];
    return isUtf8(bytes) ? this.#number(bytes.toString('utf8')) : [this.#refuse('notUtf8')];
  }

  #isTooLong(text: string): boolean {
    // A character takes 3 bytes at most, or 4 as two units: most lines need not be measured.
    return text.length * 3 > this.maxLineBytes && Buffer.byteLength(text) > this.maxLineBytes;
  }

  #refuse(problem: LineProblem): InputLine {
    return { lineNumber: this.#nextNumber(), text: null, problem };
  }

  #number(text: string): InputLine[] {
    const lineNumber = this.#nextNumber();
    const content = lineNumber === 1 && text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
    return BLANK.test(content) ? [] : [{ lineNumber, text: content }];
  }

  #nextNumber(): number {
    const lineNumber = this.lineNumber;
    this.lineNumber += 1;
    return lineNumber;
  }

  #keep(piece: Buffer): void {
    if (piece.length === 0) return;
    this.#openBytes += piece.length;
    if (this.#openBytes <= this.maxLineBytes) this.#open.push(piece);
    else this.#open = [];
  }
}
