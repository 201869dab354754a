const HEADER_BYTES = 8;
const STDERR = 2;

/**
 * Takes the engine's attach stream apart: frames of a header (byte 0 the stream, bytes 4 to 7 the length, big-endian) and that
 * many bytes. Passes parts of frames on as they come and so keeps nothing but a header.
 * Source: Docker Engine API, "Attach to a container", stream format.
 */
export class StreamDemultiplexer {
  private readonly header = Buffer.alloc(HEADER_BYTES);
  private headerBytes = 0;
  private remainingBytes = 0;

  constructor(private readonly onData: (stream: 'stdout' | 'stderr', data: Buffer) => void) {}

  push(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length)
      at += this.remainingBytes > 0 ? this.takeData(chunk, at) : this.takeHeader(chunk, at);
  }

  private takeData(chunk: Buffer, at: number): number {
    const data = chunk.subarray(at, at + this.remainingBytes);
    this.remainingBytes -= data.length;
    this.onData(this.header[0] === STDERR ? 'stderr' : 'stdout', data);
    return data.length;
  }

  private takeHeader(chunk: Buffer, at: number): number {
    const taken = chunk.copy(this.header, this.headerBytes, at, at + HEADER_BYTES - this.headerBytes);
    this.headerBytes += taken;
    if (this.headerBytes === HEADER_BYTES) {
      this.headerBytes = 0;
      this.remainingBytes = this.header.readUInt32BE(4);
    }
    return taken;
  }
}
