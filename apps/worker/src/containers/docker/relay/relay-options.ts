import type { ContainerCreateOptions } from 'dockerode';
import type { ContainerSpec } from '../../container-runtime.js';
import { CONTAINER_USER, IN_CONTAINER } from '../image/image-layout.js';
import { containerLabels, type Owner } from '../labels.js';

/** Our bundler puts it beside our language worker, whose image it is. */
const RELAY = `${IN_CONTAINER.languageWorker}/http-relay.cjs`;

const MEBIBYTE = 1024 * 1024;
/** Node itself and the pieces of what flows: bodies do not pile up in a relay. */
const MEMORY_BYTES = 128 * MEBIBYTE;
const PIDS = 32;

/** What a relay is made of. */
export interface RelayOrder {
  readonly name: string;
  readonly spec: Pick<ContainerSpec, 'token' | 'channelPort' | 'appVersionId'>;
  /** The engine's id of the container in whose network it is to be. */
  readonly containerId: string;
  readonly image: string;
  readonly channelHost: string;
  /** Where the language worker's HTTP server listens in there. */
  readonly serverPort: number;
  readonly owner: Owner;
  readonly createdAt: Date;
  /** The control group that it is put into; undefined: the engine's own. */
  readonly cgroupParent: string | undefined;
}

/** A relay in the engine's words: as confined as functions are, with nothing mounted. */
export function relayOptions(order: RelayOrder): ContainerCreateOptions {
  const { spec } = order;
  return {
    name: order.name,
    Image: order.image,
    User: CONTAINER_USER,
    Entrypoint: [IN_CONTAINER.node],
    Cmd: [
      RELAY,
      ...['--host', order.channelHost, '--port', String(spec.channelPort)],
      ...['--token', spec.token, '--server-port', String(order.serverPort)],
    ],
    Labels: containerLabels(order.owner, spec, order.createdAt, 'relay'),
    HostConfig: {
      NetworkMode: `container:${order.containerId}`,
      ReadonlyRootfs: true,
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges'],
      Memory: MEMORY_BYTES,
      MemorySwap: MEMORY_BYTES,
      PidsLimit: PIDS,
      OomScoreAdj: 500,
      Init: true,
      RestartPolicy: { Name: 'no' },
      AutoRemove: false,
      LogConfig: { Type: 'none', Config: {} },
      ...(order.cgroupParent !== undefined && { CgroupParent: order.cgroupParent }),
    },
  };
}
