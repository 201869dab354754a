import { Transform } from 'node:stream';
import type { TransformCallback } from 'node:stream';
import { InvalidInputError } from '#shared/domain/errors.js';
import { LineScanner } from '#shared/domain/line-scanner.js';

/** Passes a JSON Lines file on unchanged and counts its items. One with too many fails: nothing of it is kept. */
export class ItemCounter extends Transform {
  /** Final once the stream has ended. */
  itemsTotal = 0;
  private readonly scanner = new LineScanner((_, isBlank) => {
    if (!isBlank) this.itemsTotal += 1;
    return true;
  });

  /**
   * @param maxItems setting maxInputItems
   * @param mayBeEmpty otherwise a file without items fails too
   */
  constructor(
    private readonly maxItems: number,
    private readonly mayBeEmpty = false,
  ) {
    super();
  }

  override _transform(piece: Buffer, _: BufferEncoding, done: TransformCallback): void {
    this.scanner.feed(piece);
    if (this.itemsTotal > this.maxItems) return done(this.tooMany());
    done(null, piece);
  }

  override _flush(done: TransformCallback): void {
    this.scanner.end();
    if (this.itemsTotal > this.maxItems) return done(this.tooMany());
    if (this.itemsTotal > 0 || this.mayBeEmpty) return done();
    done(
      new InvalidInputError(
        'The file has no items: send JSON Lines, one JSON value a line, or CSV with a record besides its header.',
      ),
    );
  }

  private tooMany(): InvalidInputError {
    return new InvalidInputError(
      `The input has more than ${this.maxItems} items (setting maxInputItems). Make several inputs, or raise the setting.`,
    );
  }
}
