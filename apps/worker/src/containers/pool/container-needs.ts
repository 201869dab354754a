import { effectiveSettings, settingsKey, type ContainerSettings } from '#shared/domain/container-settings.js';
import type { AppHostOrder, AppHostSettings } from './host-equipment.js';

/** What a container must be made with for an app: it can't be changed afterwards. */
export type ContainerNeeds = Pick<AppHostOrder, 'limits' | 'network'>;

/** What an app's settings come to on this machine. */
export function needsOf(container: ContainerSettings, { defaults, caps }: AppHostSettings): ContainerNeeds {
  const { network, ...limits } = effectiveSettings(container, defaults, caps);
  return { limits, network };
}

/** Names what makes containers different: only those of the same shape can stand in for each other. */
export function shapeOf({ limits, network }: ContainerNeeds): string {
  return settingsKey({ ...limits, network });
}
