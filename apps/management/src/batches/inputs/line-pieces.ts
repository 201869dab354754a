/** Large enough that a piece costs nothing beside its lines, small enough that many of them are nothing. */
const PIECE_CHARACTERS = 64 * 1024;

/** Gathers lines into pieces of a file, so that streams hand on some hundreds of lines at a time. */
export class LinePieces {
  private text = '';

  /** Adds a line, without its newline. The piece, when it is full. */
  add(line: string): Buffer | null {
    this.text += line;
    this.text += '\n';
    return this.text.length < PIECE_CHARACTERS ? null : this.rest();
  }

  /** What has been added since the last piece; null when that is nothing. */
  rest(): Buffer | null {
    if (this.text === '') return null;
    const piece = Buffer.from(this.text);
    this.text = '';
    return piece;
  }
}
