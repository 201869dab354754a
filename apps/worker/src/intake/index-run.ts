import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseHostJson } from '#shared/contracts/host-json.js';
import type { IndexJob } from '#shared/contracts/jobs.js';
import type { IndexReply } from '#shared/contracts/replies.js';
import { InvalidInputError } from '#shared/domain/errors.js';
import type { HostConfig } from '#shared/domain/function-app.js';
import type { ReplySender } from '#shared/queue/reply-channel.js';
import type { JobVerdict } from '#shared/queue/work-source.js';
import type { AppSettings } from '../app-settings/app-settings.js';
import { ChannelTimeoutError } from '../channel/language-worker-channel.js';
import { AppLoadError } from '../containers/pool/app-load-error.js';
import type { AppHostPool } from '../containers/pool/app-host-pool.js';
import type { PackageCache } from '../packages/package-cache.js';

export interface IndexTools {
  readonly pool: AppHostPool;
  readonly packages: PackageCache;
  readonly appSettings: Pick<AppSettings, 'read'>;
  readonly replies: ReplySender;
  /** The database's time: this machine's clock may be wrong. */
  readonly now: () => Date;
}

/** Loads a package in a container of its own and tells management which functions are in it, or what is wrong with it. */
export async function runIndex(tools: IndexTools, job: IndexJob): Promise<JobVerdict> {
  // Nobody waits any more: the deployment was failed, and its client may have published again.
  if (tools.now().getTime() > job.deadlineAt) return 'done';
  const reply = await look(tools, job);
  if (reply) tools.replies.send(job.replyTo, reply);
  return 'done';
}

/** Null when its time was up before there was a container for it. */
async function look(tools: IndexTools, job: IndexJob): Promise<IndexReply | null> {
  try {
    const host = await readHostJson(tools.packages, job.packageDigest);
    // Code that is loaded may look at them. Without a grant (of an older management) there are none.
    const settings =
      job.settingsGrant === undefined ? undefined : await tools.appSettings.read(job.settingsGrant);
    const app = await tools.pool.lookInto(
      job.packageDigest,
      job.id,
      job.container ?? {},
      (host) => host.app,
      AbortSignal.timeout(Math.max(0, job.deadlineAt - tools.now().getTime())),
      settings,
    );
    if (!app) return null;
    const { functions, streamsHttp } = app;
    return { kind: 'index', id: job.id, problems: [], functions: [...functions.values()], streamsHttp, host };
  } catch (error) {
    return { kind: 'index', id: job.id, problems: problemsOf(error), functions: [], host: null };
  }
}

async function readHostJson(packages: PackageCache, digest: string): Promise<HostConfig> {
  const folder = await packages.folderOf(digest);
  const text = await readFile(join(folder, 'host.json'), 'utf8').catch(() => {
    throw new InvalidInputError('There is no host.json at the top of the package.');
  });
  return parseHostJson(text);
}

/** What the package's author can mend; anything else is the platform's and goes up. */
function problemsOf(error: unknown): readonly string[] {
  if (error instanceof AppLoadError) return error.problems;
  if (error instanceof InvalidInputError) return [error.message, ...error.details];
  if (error instanceof ChannelTimeoutError) return [`The app did not load in time: ${error.message}`];
  throw error;
}
