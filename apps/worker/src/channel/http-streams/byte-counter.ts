import { Transform, type TransformCallback } from 'node:stream';

/** Passes bytes on as they come and says how many there were. */
export class ByteCounter extends Transform {
  bytes = 0;

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.bytes += chunk.length;
    done(null, chunk);
  }
}
