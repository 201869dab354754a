import type { LanguageWorkerFiles } from '../language-worker-command.js';

/** What function code may reach besides the FunctionRpc host: everything that the machine reaches, or nothing. */
export type NetworkMode = 'outbound' | 'none';

/** How Windows containers are kept apart; `default` leaves it to the engine. Linux engines have one way only. */
export type IsolationSetting = 'default' | 'process' | 'hyperv';

/** Settings of the Docker adapter. */
export interface DockerSettings {
  /**
   * `unix:///var/run/docker.sock`, `npipe:////./pipe/docker_engine`, `tcp://127.0.0.1:2375`;
   * without it the platform's usual socket or pipe.
   */
  readonly engineAddress?: string | undefined;
  /** Which installation's containers these are; several may share an engine. */
  readonly installationId: string;
  /** The same in every life of this worker: what bears it and is not known to this life is a leftover. */
  readonly workerId: string;
  readonly networkMode: NetworkMode;
  readonly isolation: IsolationSetting;
  /** An image that has Node and our language worker in it; without it one is made of this machine's own, on Linux. */
  readonly image?: string | undefined;
  /** Stands before the names of containers and networks, such as `nightjar-`. */
  readonly namePrefix: string;
  readonly languageWorker: LanguageWorkerFiles;
  /** A Node for Linux with the engine's processor architecture, normally the one that runs this worker. */
  readonly nodePath: string;
  /** Images of ours that nothing uses are removed when they are older than this. */
  readonly keepOldImagesHours: number;
  readonly timeouts: EngineTimeouts;
}

/** How long the engine may take for an answer before it counts as unavailable. */
export interface EngineTimeouts {
  /** Questions: ping, inspect, list. */
  readonly querySeconds: number;
  /** Changes: create, start, kill, remove. */
  readonly commandSeconds: number;
  /** The image, some 160 MB, sent and unpacked. */
  readonly imageSeconds: number;
}

/** An idle engine answers in milliseconds; a machine that has just woken from sleep takes seconds. */
export const DEFAULT_TIMEOUTS: EngineTimeouts = { querySeconds: 10, commandSeconds: 30, imageSeconds: 300 };

export const DEFAULT_DOCKER_SETTINGS = {
  namePrefix: 'nightjar-',
  networkMode: 'outbound',
  isolation: 'default',
  nodePath: process.execPath,
  keepOldImagesHours: 24,
  timeouts: DEFAULT_TIMEOUTS,
} as const satisfies Partial<DockerSettings>;
