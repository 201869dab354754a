import type { ContainerSpec } from '../container-runtime.js';
import type { DockerSettings } from './docker-settings.js';

/** Whose a thing in the engine is. Nothing without our installation's label is ever touched. */
export const LABEL = {
  installation: 'nightjar.installation',
  worker: 'nightjar.worker',
  appVersion: 'nightjar.app-version',
  created: 'nightjar.created',
  image: 'nightjar.image',
} as const;

type Owner = Pick<DockerSettings, 'installationId' | 'workerId'>;

/** @param createdAt for people only: nothing is decided by this machine's clock */
export function containerLabels(
  owner: Owner,
  spec: Pick<ContainerSpec, 'appVersionId'>,
  createdAt: Date,
): Record<string, string> {
  return {
    [LABEL.installation]: owner.installationId,
    [LABEL.worker]: owner.workerId,
    [LABEL.appVersion]: spec.appVersionId,
    [LABEL.created]: createdAt.toISOString(),
  };
}

/** The engine's filter for the containers of this worker, of whatever life. */
export function ownedByWorker(owner: Owner): { label: string[] } {
  return { label: [`${LABEL.installation}=${owner.installationId}`, `${LABEL.worker}=${owner.workerId}`] };
}
