import { StringDecoder } from 'node:string_decoder';

const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** Longer lines are cut: enough for a stack trace, too little for a line without end to fill the memory. */
export const MAX_LINE_BYTES = 32 * 1024;

/**
 * Splits what a process writes into lines of text, keeping never more than `MAX_LINE_BYTES` of it.
 * What is beyond that of a line is dropped as it comes, and `…` stands for it.
 */
export class LineSplitter {
  private held: Buffer[] = [];
  private heldBytes = 0;
  private isCut = false;

  constructor(private readonly onLine: (text: string) => void) {}

  push(chunk: Buffer): void {
    let from = 0;
    for (;;) {
      const newline = chunk.indexOf(NEWLINE, from);
      this.hold(chunk.subarray(from, newline < 0 ? chunk.length : newline));
      if (newline < 0) return;
      this.endLine();
      from = newline + 1;
    }
  }

  /** The process writes no more: what follows its last newline, if anything, is its last line. */
  end(): void {
    if (this.heldBytes > 0) this.endLine();
  }

  private hold(part: Buffer): void {
    if (part.length === 0 || this.isCut) return;
    const room = MAX_LINE_BYTES - this.heldBytes;
    // A copy: a short end of a line would else keep the whole chunk that it came in.
    const kept = Buffer.from(part.subarray(0, room));
    this.held.push(kept);
    this.heldBytes += kept.length;
    if (part.length > room) this.cut();
  }

  /** Told at once: the end of the line may come much later, or never. */
  private cut(): void {
    this.onLine(`${wholeCharacters(this.taken())}…`);
    this.isCut = true;
  }

  private endLine(): void {
    const wasTold = this.isCut;
    this.isCut = false;
    const line = this.taken();
    if (!wasTold) this.onLine(withoutCarriageReturn(line).toString('utf8'));
  }

  private taken(): Buffer {
    const line = this.held.length === 1 ? (this.held[0] as Buffer) : Buffer.concat(this.held);
    this.held = [];
    this.heldBytes = 0;
    return line;
  }
}

/** A cut may fall into a character: its first bytes are left out. */
function wholeCharacters(bytes: Buffer): string {
  return new StringDecoder('utf8').write(bytes);
}

function withoutCarriageReturn(line: Buffer): Buffer {
  return line.at(-1) === CARRIAGE_RETURN ? line.subarray(0, -1) : line;
}
