import type { ChannelServer } from '../../channel/language-worker-channel.js';
import type { ContainerLimits, ContainerRuntime } from '../container-runtime.js';

export interface AppHostSettings {
  readonly limits: ContainerLimits;
  readonly maxMessageBytes: number;
  /** How long a language worker may take to open its stream. */
  readonly startTimeoutSeconds: number;
}

/** What a container is to be started with. */
export interface AppHostOrder {
  readonly appVersionId: string;
  readonly packageFolder: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** What containers are started and reached with. */
export interface HostEquipment {
  readonly runtime: ContainerRuntime;
  readonly channelServer: ChannelServer;
  readonly channelPort: number;
  readonly settings: AppHostSettings;
}
