import { HttpRelay } from './http-relay.js';
import type { TunnelTarget } from './idle-tunnel.js';

/** The relay of a process whose HTTP server may come, change and go: with each app that is loaded. */
export class RelaySwitch {
  readonly #target: TunnelTarget;
  #relay: HttpRelay | undefined;

  constructor(target: TunnelTarget) {
    this.#target = target;
  }

  /** Relays to this server from now on, and to none before it. @param uri undefined: to nowhere. */
  leadTo(uri: string | undefined): void {
    this.#relay?.stop();
    this.#relay = undefined;
    const port = uri === undefined ? undefined : Number(URL.parse(uri)?.port);
    if (!port) return;
    this.#relay = new HttpRelay(this.#target, port);
    this.#relay.start();
  }
}
