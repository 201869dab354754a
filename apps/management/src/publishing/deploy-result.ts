import { z } from 'zod';
import type { Deployment, DeploymentState } from '#shared/domain/deployment.js';

/** Kudu's DeployResult, as deployment clients read it. */
export const deployResultView = z.object({
  id: z.string(),
  status: z.number().int().describe('0 pending, 1 building, 2 deploying, 3 failed, 4 success.'),
  status_text: z.string(),
  author: z.string(),
  deployer: z.string(),
  message: z.string(),
  progress: z.string(),
  received_time: z.iso.datetime(),
  start_time: z.iso.datetime(),
  end_time: z.iso.datetime().nullable(),
  complete: z.boolean(),
  active: z.boolean().describe('Whether it is what runs now.'),
  is_temp: z.boolean(),
  is_readonly: z.boolean(),
  url: z.string(),
  log_url: z.string(),
  site_name: z.string(),
});

/** An entry of a deployment's log. */
export const logEntryView = z.object({
  log_time: z.iso.datetime(),
  id: z.string(),
  message: z.string(),
  type: z.number().int().describe('0 message, 1 warning, 2 error.'),
  details_url: z.string().nullable(),
});

export type DeployResult = z.output<typeof deployResultView>;
export type LogEntry = z.output<typeof logEntryView>;

const STATUS: Readonly<Record<DeploymentState, number>> = {
  pending: 0,
  deploying: 2,
  failed: 3,
  succeeded: 4,
};

const PROGRESS: Readonly<Record<DeploymentState, string>> = {
  pending: 'The package is being received.',
  deploying: 'The package is being checked and its functions are looked for.',
  failed: '',
  succeeded: '',
};

const MESSAGE = 0;
const WARNING = 1;
const ERROR = 2;

export function isUnderWay({ state }: Pick<Deployment, 'state'>): boolean {
  return state === 'pending' || state === 'deploying';
}

/**
 * @param baseUrl of the app's deployments: `https://host/apps/{app}/api/deployments`
 * @param activeVersionId of its app, now
 */
export function toDeployResult(
  deployment: Deployment,
  baseUrl: string,
  activeVersionId: string | null,
): DeployResult {
  const { id, state, author, deployer, message, notes, appVersionId } = deployment;
  const receivedAt = deployment.receivedAt.toISOString();
  return {
    id,
    status: STATUS[state],
    status_text: state === 'failed' ? notes.join(' ') : '',
    author,
    deployer,
    message,
    progress: PROGRESS[state],
    received_time: receivedAt,
    start_time: receivedAt,
    end_time: deployment.endedAt?.toISOString() ?? null,
    complete: !isUnderWay(deployment),
    active: appVersionId !== null && appVersionId === activeVersionId,
    is_temp: false,
    is_readonly: true,
    url: `${baseUrl}/${id}`,
    log_url: `${baseUrl}/${id}/log`,
    site_name: deployment.appName,
  };
}

/** What happened, in order, as far as it is known. */
export function toLog(deployment: Deployment): LogEntry[] {
  const { state, notes, packageDigest, packageSizeBytes } = deployment;
  const endedAt = deployment.endedAt ?? deployment.receivedAt;
  const lines: [at: Date, type: number, message: string][] = [
    [deployment.receivedAt, MESSAGE, `The deployment of ${deployment.appName} began.`],
  ];
  if (packageDigest !== null) {
    lines.push([
      deployment.receivedAt,
      MESSAGE,
      `The package has ${packageSizeBytes ?? 0} bytes and the digest ${packageDigest}.`,
    ]);
  }
  const type = state === 'failed' ? ERROR : WARNING;
  lines.push(...notes.map((note): [Date, number, string] => [endedAt, type, note]));
  if (state === 'succeeded') lines.push([endedAt, MESSAGE, 'The version is active.']);
  return lines.map(([at, kind, message], index) => ({
    log_time: at.toISOString(),
    id: String(index + 1),
    message,
    type: kind,
    details_url: null,
  }));
}
