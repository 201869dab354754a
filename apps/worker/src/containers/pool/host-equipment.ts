import type { CompleteContainerSettings, ContainerCaps } from '#shared/domain/container-settings.js';
import type { ChannelServer } from '../../channel/language-worker-channel.js';
import type { Hold } from '../hold/hold.js';
import type { ContainerRuntime, ContainerSpec } from '../container-runtime.js';

export interface AppHostSettings {
  /** For apps that say nothing. */
  readonly defaults: CompleteContainerSettings;
  /** For apps that say more. */
  readonly caps: ContainerCaps;
  readonly maxMessageBytes: number;
  /** How long a language worker may take to open its stream. */
  readonly startTimeoutSeconds: number;
}

/** What a container is to be started with. */
export type AppHostOrder = Pick<
  ContainerSpec,
  'appVersionId' | 'packageFolder' | 'environment' | 'limits' | 'network'
>;

/** What containers are started and reached with. */
export interface HostEquipment {
  readonly runtime: ContainerRuntime;
  readonly channelServer: ChannelServer;
  readonly channelPort: number;
  readonly settings: AppHostSettings;
  /** Keeps what is started from running when the machine's owner needs it. */
  readonly hold: Hold;
}
