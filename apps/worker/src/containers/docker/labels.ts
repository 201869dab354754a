import type { ContainerSpec } from '../container-runtime.js';
import type { DockerSettings } from './docker-settings.js';

/** Whose a thing in the engine is. Nothing without our installation's label is ever touched. */
export const LABEL = {
  installation: 'nightjar.installation',
  worker: 'nightjar.worker',
  /** One life of a worker, from its start to its end: what bears another one has lost its owner. */
  life: 'nightjar.life',
  appVersion: 'nightjar.app-version',
  created: 'nightjar.created',
  kind: 'nightjar.kind',
  image: 'nightjar.image',
} as const;

/** What a thing in the engine is for. */
export type ThingKind = 'app' | 'relay' | 'network';

export type Owner = Pick<DockerSettings, 'installationId' | 'workerId'> & { readonly lifeId: string };

/** @param createdAt for people only: nothing is decided by this machine's clock */
export function containerLabels(
  owner: Owner,
  spec: Pick<ContainerSpec, 'appVersionId'>,
  createdAt: Date,
  kind: ThingKind = 'app',
): Record<string, string> {
  return { ...ownerLabels(owner, createdAt, kind), [LABEL.appVersion]: spec.appVersionId };
}

/** What everything bears that one worker makes for itself alone. */
export function ownerLabels(owner: Owner, createdAt: Date, kind: ThingKind): Record<string, string> {
  return {
    [LABEL.installation]: owner.installationId,
    [LABEL.worker]: owner.workerId,
    [LABEL.life]: owner.lifeId,
    [LABEL.created]: createdAt.toISOString(),
    [LABEL.kind]: kind,
  };
}

/** The engine's filter for what belongs to an installation, whoever made it. */
export function ofInstallation(owner: Pick<Owner, 'installationId'>): { label: string[] } {
  return { label: [`${LABEL.installation}=${owner.installationId}`] };
}
