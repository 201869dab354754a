import type { Server } from 'node:http';
import { stopSignals } from '#shared/domain/stop-signals.js';

/** What a stop needs of an application. */
export interface Stoppable {
  close(): Promise<void>;
  getHttpServer(): Pick<Server, 'closeAllConnections'>;
}

const SIGNALS = stopSignals(process.platform);

/**
 * Ends the process in order at the first signal: no new requests, those under way come to their end within the grace, then
 * what is open is closed. The process ends by itself when nothing is left to do. A second signal kills it, as is customary.
 */
export function stopOnSignals(app: Stoppable, graceSeconds: number, onStopped: () => Promise<void>): void {
  const stop = (): void => {
    for (const signal of SIGNALS) process.removeListener(signal, stop);
    // Clients that wait for slow functions would keep the server open for minutes.
    const cut = setTimeout(() => app.getHttpServer().closeAllConnections(), graceSeconds * 1000);
    void app
      .close()
      .then(onStopped)
      .catch((error: unknown) => {
        process.exitCode = 1;
        process.stderr.write(`The stop failed: ${String(error)}\n`);
      })
      .finally(() => clearTimeout(cut));
  };
  for (const signal of SIGNALS) process.once(signal, stop);
}
