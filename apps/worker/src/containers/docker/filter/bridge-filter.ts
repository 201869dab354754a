import type { NetworkPolicy } from '#shared/domain/container-settings.js';
import { CHAIN_PREFIX, shortHash, type DesiredFilter, type Rule, type SharedChain } from './filter-chains.js';
import { ALWAYS_DENIED, LOCAL_BRIDGES } from './denied-networks.js';

/** A bridge that containers of one network policy are on. */
export interface Bridge {
  readonly networkName: string;
  /** Of the bridge on this machine, such as `br-0123456789ab`. */
  readonly interfaceName: string;
  /** The machine's address on the bridge, where the FunctionRpc host listens. */
  readonly gateway: string;
  readonly policy: NetworkPolicy;
}

/** An IPv4 range, and its one TCP port if not all of them are meant. */
export interface DeniedTarget {
  readonly range: string;
  readonly port?: number | undefined;
}

/** An IPv4 range and TCP ports of it. */
export interface AdmittedTarget {
  readonly range: string;
  readonly firstPort: number;
  readonly lastPort: number;
}

/** A container on a bridge with an allow list, and where that leads. */
export interface AdmittedContainer {
  readonly address: string;
  readonly targets: readonly AdmittedTarget[];
}

/** What one worker's containers on a bridge may and may not reach. */
export interface WorkerOnBridge {
  readonly workerId: string;
  readonly bridge: Bridge;
  /** Where its FunctionRpc host listens. */
  readonly channelPorts: readonly number[];
  readonly denied: readonly DeniedTarget[];
  readonly containers: readonly AdmittedContainer[];
}

/** Answers of connections that the other side may keep up. */
const KNOWN = '-m conntrack --ctstate RELATED,ESTABLISHED';
/**
 * "Refused", at once, in place of a silence that lasts minutes. TCP by a reset: of the other answer the kernel gives each address
 * only a few in a second.
 */
const RESET = '-p tcp -j REJECT --reject-with tcp-reset';
const UNREACHABLE = '-j REJECT --reject-with icmp-port-unreachable';

/** @param match what is refused; nothing: everything */
function refused(match?: string): Rule[] {
  return [RESET, UNREACHABLE].map((rule) => (match === undefined ? rule : `${match} ${rule}`));
}

/** The names of the chains of a bridge, and of one worker on it. */
export function chainNames(networkName: string, workerId: string) {
  const bridge = shortHash(networkName);
  const own = shortHash(`${networkName} ${workerId}`);
  return {
    input: `${CHAIN_PREFIX}I-${bridge}`,
    forward: `${CHAIN_PREFIX}F-${bridge}`,
    ownInput: `${CHAIN_PREFIX}WI-${own}`,
    ownForward: `${CHAIN_PREFIX}WF-${own}`,
  };
}

/**
 * The IPv4 filter of a bridge. To the machine itself, on whichever of its addresses, only the FunctionRpc host is open. Beyond the
 * machine: with `none` nothing; with `outbound` everything but what is denied; with `allowList` what is denied is denied, then each
 * container's own list is open, nothing else.
 * @param forwardParent `DOCKER-USER`, which the engine keeps first in FORWARD, or FORWARD itself
 */
export function bridgeFilter(worker: WorkerOnBridge, forwardParent: string): DesiredFilter {
  const { bridge, workerId } = worker;
  const names = chainNames(bridge.networkName, workerId);
  const { interfaceName } = bridge;
  return {
    workerId,
    shared: [
      {
        name: names.input,
        parent: 'INPUT',
        interfaceName,
        first: [`${KNOWN} -j ACCEPT`],
        links: [`-j ${names.ownInput}`],
        last: refused(),
      },
      {
        name: names.forward,
        parent: forwardParent,
        interfaceName,
        ...forwardRules(worker, names.ownForward),
      },
    ],
    own: [
      { name: names.ownInput, rules: channelRules(worker) },
      ...(bridge.policy === 'none' ? [] : [{ name: names.ownForward, rules: ownForwardRules(worker) }]),
    ],
  };
}

function channelRules({ bridge, channelPorts }: WorkerOnBridge): Rule[] {
  return channelPorts.map((port) => `-d ${bridge.gateway}/32 -p tcp --dport ${port} -j ACCEPT`);
}

/** RETURN goes on to the engine's own rules, which know more: they keep its networks apart from each other. */
function forwardRules(
  { bridge, containers }: WorkerOnBridge,
  ownChain: string,
): Pick<SharedChain, 'first' | 'links' | 'last'> {
  const denied = [
    ...ALWAYS_DENIED.flatMap((range) => refused(`-d ${range}`)),
    ...[bridge.interfaceName, ...LOCAL_BRIDGES].flatMap((name) => refused(`-o ${name}`)),
  ];
  const first = [`${KNOWN} -j RETURN`, ...denied];
  switch (bridge.policy) {
    case 'none':
      return { first, links: [], last: refused() };
    case 'outbound':
      return { first, links: [`-j ${ownChain}`], last: ['-j RETURN'] };
    case 'allowList':
      // A goto: RETURN in the worker's chain then leaves this one too.
      return {
        first,
        links: containers.map(({ address }) => `-s ${address}/32 -g ${ownChain}`),
        last: refused(),
      };
  }
}

function ownForwardRules({ bridge, denied, containers }: WorkerOnBridge): Rule[] {
  const denials = denied.flatMap(({ range, port }) =>
    port === undefined
      ? refused(`-d ${range}`)
      : [`-d ${range} -p tcp --dport ${port} -j REJECT --reject-with tcp-reset`],
  );
  if (bridge.policy !== 'allowList') return denials;
  const admissions = containers.flatMap(({ address, targets }) =>
    targets.map(
      ({ range, firstPort, lastPort }) =>
        `-s ${address}/32 -d ${range} -p tcp --dport ${firstPort}:${lastPort} -j RETURN`,
    ),
  );
  return [...denials, ...admissions, ...refused()];
}

/** The IPv6 filter of a bridge: our networks have no IPv6, so whatever comes has no business there. */
export function bridgeFilterV6({ bridge, workerId }: WorkerOnBridge): DesiredFilter {
  const names = chainNames(bridge.networkName, workerId);
  const nothing = { interfaceName: bridge.interfaceName, first: ['-j DROP'], links: [], last: [] };
  return {
    workerId,
    shared: [
      { name: names.input, parent: 'INPUT', ...nothing },
      { name: names.forward, parent: 'FORWARD', ...nothing },
    ],
    own: [],
  };
}
