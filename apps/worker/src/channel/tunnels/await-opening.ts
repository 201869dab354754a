import type { Socket } from 'node:net';
import { openingOf, type Opening } from './opening.js';

/** What a connection opened with, once that is known; what follows it is still in the socket, which is paused. */
type KnownOpening = Exclude<Opening, { readonly kind: 'undecided' | 'unknown' }>;

/** Reads just enough of a new connection to know what it is. One that is nothing known, or says nothing in time, is closed. */
export function awaitOpening(socket: Socket, timeoutMs: number, then: (opening: KnownOpening) => void): void {
  let bytes: Buffer = Buffer.alloc(0);
  const timer = setTimeout(() => socket.destroy(), timeoutMs);
  const forget = (): void => {
    clearTimeout(timer);
    socket.off('data', look).off('close', forget);
  };
  const look = (chunk: Buffer): void => {
    bytes = bytes.length === 0 ? chunk : Buffer.concat([bytes, chunk]);
    const opening = openingOf(bytes);
    if (opening.kind === 'undecided') return;
    if (opening.kind === 'unknown') return void socket.destroy();
    forget();
    socket.pause();
    const rest = opening.kind === 'tunnel' ? bytes.subarray(opening.restAt) : bytes;
    if (rest.length > 0) socket.unshift(rest);
    then(opening);
  };
  socket.on('data', look).on('close', forget);
}
