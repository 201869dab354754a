import { once } from 'node:events';
import { createServer } from 'node:net';
import type { NetworkPolicy } from '#shared/domain/container-settings.js';

/** Where the FunctionRpc host listens on this machine, and under which name containers reach it. */
export interface ChannelAddress {
  readonly listenHost: string;
  readonly containerHost: string;
}

/** Docker Desktop's name, inside containers, for the machine that it runs on. */
const DESKTOP_HOST = 'host.docker.internal';

/**
 * On Linux the network's gateway is an address of this very machine: the host listens there, and only containers reach it.
 * Docker Desktop has its networks inside a virtual machine, and passes what goes to its own host name on to loopback here;
 * a network without a way out has no such passage.
 * Returns a sentence when there is no way.
 */
export function chooseChannelAddress(facts: {
  readonly gateway: string | undefined;
  readonly gatewayIsThisMachine: boolean;
  readonly policy: NetworkPolicy;
}): ChannelAddress | string {
  const { gateway, gatewayIsThisMachine, policy } = facts;
  if (gateway !== undefined && gatewayIsThisMachine) {
    return { listenHost: gateway, containerHost: gateway };
  }
  if (policy === 'outbound') return { listenHost: '127.0.0.1', containerHost: DESKTOP_HOST };
  return (
    `The gateway of the containers' network (${gateway ?? 'none'}) is no address of this machine, ` +
    'so containers without a way out can not reach the worker: use the network policy "outbound".'
  );
}

/**
 * Whether an address is one of this machine's, found by listening on it: the list that Node gives leaves out a bridge on which
 * no container is just now.
 */
export async function isAddressOfThisMachine(address: string): Promise<boolean> {
  const server = createServer();
  server.listen(0, address);
  try {
    await once(server, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}
