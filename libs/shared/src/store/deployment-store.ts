import type { Deployment } from '../domain/deployment.js';

export interface NewDeployment {
  readonly id: string;
  readonly appId: string;
  readonly deployer: string;
  readonly author: string;
  readonly message: string;
}

/** What happened to each published package. */
export abstract class DeploymentStore {
  /** Records a pending deployment; false when one of this app is still under way (at most one at a time, by a unique key). */
  abstract begin(deployment: NewDeployment): Promise<boolean>;
  abstract update(
    id: string,
    change: Partial<
      Pick<Deployment, 'state' | 'packageDigest' | 'packageSizeBytes' | 'appVersionId' | 'notes'>
    >,
  ): Promise<void>;
  /** Deployments that were under way for longer than this are over: their management instance died. Returns their ids. */
  abstract failInterrupted(olderThanSeconds: number, note: string): Promise<readonly string[]>;
  abstract find(id: string): Promise<Deployment | null>;
  abstract findLatest(appId: string): Promise<Deployment | null>;
  /** Newest first. */
  abstract list(appId: string, limit: number): Promise<readonly Deployment[]>;
}
