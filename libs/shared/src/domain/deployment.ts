/** Kudu's deployment states, with their wire numbers: 0 pending, 1 building, 2 deploying, 3 failed, 4 success. */
export type DeploymentState = 'pending' | 'deploying' | 'failed' | 'succeeded';

export interface Deployment {
  readonly id: string;
  readonly appId: string;
  readonly appName: string;
  readonly state: DeploymentState;
  readonly packageDigest: string | null;
  readonly packageSizeBytes: number | null;
  readonly appVersionId: string | null;
  readonly deployer: string;
  readonly author: string;
  readonly message: string;
  /** What is wrong, or warnings of a deployment that succeeded: one sentence each. */
  readonly notes: readonly string[];
  readonly receivedAt: Date;
  readonly endedAt: Date | null;
}
