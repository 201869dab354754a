import type { WarmJob } from '#shared/contracts/jobs.js';
import type { JobVerdict } from '#shared/queue/work-source.js';
import type { AppSettings } from '../app-settings/app-settings.js';
import type { AppHostPool } from '../containers/pool/app-host-pool.js';
import type { VersionCache } from './version-cache.js';

export interface WarmTools {
  readonly versions: Pick<VersionCache, 'find'>;
  readonly appSettings: Pick<AppSettings, 'equip'>;
  readonly pool: Pick<AppHostPool, 'warm'>;
}

/** Has a container of a version ready before its calls come. Whatever keeps it from that, those calls will say. */
export async function runWarm(tools: WarmTools, job: WarmJob): Promise<JobVerdict> {
  if (Date.now() > job.deadlineAt) return 'done';
  try {
    const version = await tools.versions.find(job.appVersionId);
    await tools.pool.warm(await tools.appSettings.equip(version, job.settingsGrant));
  } catch {
    // The call that it was for meets with the same, and has somebody to tell.
  }
  return 'done';
}
