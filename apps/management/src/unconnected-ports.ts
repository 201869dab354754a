import type { Ports } from './stores.module.js';

/** Ports without anything behind them, for making an application only to look at it. Constructors start nothing, so none is used. */
export function unconnectedPorts(): Ports {
  const nothing = {};
  return new Proxy({}, { get: (_ports, name) => (name === 'then' ? undefined : nothing) }) as Ports;
}
