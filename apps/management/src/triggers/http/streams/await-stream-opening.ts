import type { IncomingMessage } from 'node:http';
import { readOpening, type StreamOpening } from '#shared/contracts/http-streams.js';

/** Reads how a worker's response begins; its body is still in the message, which is paused. Undefined: it broke off, or is none. */
export function awaitStreamOpening(from: IncomingMessage): Promise<StreamOpening | undefined> {
  return new Promise((resolve) => {
    let bytes: Buffer = Buffer.alloc(0);
    const settle = (opening: StreamOpening | undefined): void => {
      from.off('data', look).off('close', lose).off('end', lose);
      resolve(opening);
    };
    const lose = (): void => settle(undefined);
    const look = (chunk: Buffer): void => {
      bytes = bytes.length === 0 ? chunk : Buffer.concat([bytes, chunk]);
      const read = readOpening(bytes);
      if (read.kind === 'incomplete') return;
      from.pause();
      if (read.kind === 'invalid') return settle(undefined);
      const rest = bytes.subarray(read.restAt);
      if (rest.length > 0) from.unshift(rest);
      settle(read.opening);
    };
    from.on('data', look).on('close', lose).on('end', lose);
  });
}
