import type { EngineTls } from './engine-address.js';
import type { Endpoint } from './networks/denied-endpoints.js';
import type { LanguageWorkerFiles } from '../language-worker-command.js';
import { DEFAULT_CHOICES, type LanguageWorkerChoices } from '../language-workers/language-worker-choice.js';

/** How Windows containers are kept apart; `default` leaves it to the engine. Linux engines have one way only. */
export type IsolationSetting = 'default' | 'process' | 'hyperv';

/** Settings of the Docker adapter. */
export interface DockerSettings {
  /**
   * `unix:///var/run/docker.sock`, `npipe:////./pipe/docker_engine`, `tcp://127.0.0.1:2375`;
   * without it the platform's usual socket or pipe.
   */
  readonly engineAddress?: string | undefined;
  /** For a `tcp://` engine that speaks TLS. */
  readonly engineTls?: EngineTls | undefined;
  /** Which installation's containers these are; several may share an engine. */
  readonly installationId: string;
  /** The same in every life of this worker: what bears it and is not known to this life is a leftover. */
  readonly workerId: string;
  /** The network policy of most apps: its network is made at the start, another's when a container needs it. */
  readonly networkMode: 'outbound' | 'none';
  /** Has the FunctionRpc host listen on one more address of this machine, or says where it does already. */
  readonly listenOn: (host: string) => Promise<number>;
  /** What no container reaches, besides what none ever does: IPv4 ranges, and services of Nightjar's own. */
  readonly denied: { readonly networks: readonly string[]; readonly endpoints: readonly Endpoint[] };
  /** How old what a name stood for may become, of an allow list or of what is denied, before it is looked up again. */
  readonly lookUpSeconds: number;
  /** Run nothing where the packet filter can't be set. */
  readonly requireFilter: boolean;
  readonly isolation: IsolationSetting;
  /** A control group that somebody else has made for containers; undefined: one of the worker's own where it may make it. */
  readonly cgroupParent?: string | undefined;
  /** Which language worker apps of each runtime have, and in which image. */
  readonly languageWorkers: LanguageWorkerChoices;
  /** Stands before the names of containers and networks, such as `nightjar-`. */
  readonly namePrefix: string;
  readonly languageWorker: LanguageWorkerFiles;
  /** A Node for Linux with the engine's processor architecture, normally the one that runs this worker. */
  readonly nodePath: string;
  /** Images of ours that nothing uses are removed when they are older than this. */
  readonly keepOldImagesHours: number;
  readonly timeouts: EngineTimeouts;
  /** How old a thing of this worker without an owner must be before it is removed. */
  readonly reconcileGraceSeconds: number;
  /** Say what would be removed for want of an owner, and leave it. */
  readonly reconcileDryRun: boolean;
}

/** How long the engine may take for an answer before it counts as unavailable. */
export interface EngineTimeouts {
  /** The question by which its health is judged, and the network's. */
  readonly probeSeconds: number;
  /** A slower answer to that question makes the machine unhealthy, though it came. */
  readonly slowSeconds: number;
  /** Questions: inspect, list, events. */
  readonly inspectSeconds: number;
  /** Create, attach, start, kill. */
  readonly runSeconds: number;
  readonly removeSeconds: number;
  readonly pauseSeconds: number;
  /** The image, some 160 MB: sent and unpacked, or pulled. */
  readonly pullSeconds: number;
}

/**
 * Deliberately long where work depends on the answer: an engine that wakes up with its machine takes many seconds, and giving up
 * a container that would have come is the worse failure. Only the probe is short, so that trouble shows within 30 s.
 */
export const DEFAULT_TIMEOUTS: EngineTimeouts = {
  probeSeconds: 10,
  slowSeconds: 5,
  inspectSeconds: 60,
  runSeconds: 60,
  removeSeconds: 60,
  pauseSeconds: 10,
  pullSeconds: 600,
};

export const DEFAULT_DOCKER_SETTINGS = {
  namePrefix: 'nightjar-',
  networkMode: 'outbound',
  denied: { networks: [], endpoints: [] },
  requireFilter: false,
  lookUpSeconds: 60,
  isolation: 'default',
  languageWorkers: DEFAULT_CHOICES,
  nodePath: process.execPath,
  keepOldImagesHours: 24,
  timeouts: DEFAULT_TIMEOUTS,
  reconcileGraceSeconds: 60,
  reconcileDryRun: false,
} as const satisfies Partial<DockerSettings>;
