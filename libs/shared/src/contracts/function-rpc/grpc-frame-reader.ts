const HEAD_BYTES = 5;

/** Thrown when a peer sends what is not a plain gRPC message of an allowed size. The stream can't go on. */
export class GrpcFrameError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'GrpcFrameError';
  }
}

/**
 * Cuts the bytes of a gRPC stream into messages. Each stands behind a head of five bytes: a compression flag
 * and the length, big-endian. A message that arrives in one chunk is handed on as a view into it; one that
 * arrives in pieces is copied together once, however many pieces there are.
 */
export class GrpcFrameReader {
  readonly #maxMessageBytes: number;
  #pieces: Buffer[] = [];
  #heldBytes = 0;
  /** How many bytes must be held before there is anything to do. */
  #wantedBytes = HEAD_BYTES;

  constructor(maxMessageBytes: number) {
    this.#maxMessageBytes = maxMessageBytes;
  }

  /**
   * Calls `onMessage` for each message that this chunk completes, in order.
   * @throws GrpcFrameError when a message is compressed or longer than allowed.
   */
  push(chunk: Buffer, onMessage: (message: Buffer) => void): void {
    this.#heldBytes += chunk.length;
    if (this.#heldBytes < this.#wantedBytes) {
      this.#pieces.push(chunk);
      return;
    }
    const bytes = this.#pieces.length === 0 ? chunk : Buffer.concat([...this.#pieces, chunk]);
    const used = this.#readAll(bytes, onMessage);
    this.#pieces = used < bytes.length ? [bytes.subarray(used)] : [];
    this.#heldBytes = bytes.length - used;
  }

  #readAll(bytes: Buffer, onMessage: (message: Buffer) => void): number {
    let offset = 0;
    for (;;) {
      if (bytes.length - offset < HEAD_BYTES) {
        this.#wantedBytes = HEAD_BYTES;
        return offset;
      }
      const frameBytes = HEAD_BYTES + this.#messageBytes(bytes, offset);
      if (bytes.length - offset < frameBytes) {
        this.#wantedBytes = frameBytes;
        return offset;
      }
      onMessage(bytes.subarray(offset + HEAD_BYTES, offset + frameBytes));
      offset += frameBytes;
    }
  }

  #messageBytes(bytes: Buffer, offset: number): number {
    if (bytes[offset] !== 0) throw new GrpcFrameError('The peer sent a compressed message.');
    const length = bytes.readUInt32BE(offset + 1);
    if (length > this.#maxMessageBytes) {
      throw new GrpcFrameError(
        `The peer sent a message of ${length} bytes; the limit is ${this.#maxMessageBytes}.`,
      );
    }
    return length;
  }
}
