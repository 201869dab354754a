import { join } from 'node:path';
import type { Logger } from '@nestjs/common';
import { factsOf } from '#shared/contracts/matching/machine-facts.js';
import { BullmqWorkSource } from '#shared/queue/bullmq/bullmq-work-source.js';
import { RedisReplySender } from '#shared/queue/bullmq/redis-reply-channel.js';
import { openStores } from '#shared/store/kysely/open-stores.js';
import { AppSettings } from '../app-settings/app-settings.js';
import { assembleAdmission } from './assemble-admission.js';
import { assembleBooks } from './assemble-books.js';
import { engineProblem } from './assemble-care.js';
import { assembleMetrics } from './assemble-metrics.js';
import { assemblePolicies } from './assemble-policies.js';
import { poolSettings } from './assemble-pool.js';
import { describeMachine } from './describe-machine.js';
import { clampedLog } from './clamped-log.js';
import type { EngineProblem } from '../capacity/health.js';
import { FactsKeeper } from '../capacity/facts-keeper.js';
import { Lease } from '../capacity/lease/lease.js';
import { MachineClock } from '../capacity/lease/machine-clock.js';
import { TrustedClock } from '../capacity/trusted-clock.js';
import { GrpcChannelServer } from '../channel/grpc-channel-server.js';
import type { Settings } from '../config.js';
import { createContainerRuntime } from '../containers/create-container-runtime.js';
import { TEST_APP, TEST_APP_FILES } from '../containers/health/test-app.js';
import { Hold } from '../containers/hold/hold.js';
import { HoldingRuntime } from '../containers/hold/holding-runtime.js';
import { AppHostPool } from '../containers/pool/app-host-pool.js';
import { Intake } from '../intake/intake.js';
import { StreamDoor } from '../intake/streams/stream-door.js';
import { TerminationWatch } from '../intake/termination-watch.js';
import { VersionCache } from '../intake/version-cache.js';
import { CacheWithBuiltIn } from '../packages/built-in-package.js';
import { FileUrls } from '../packages/file-urls.js';
import { HttpBatchInput } from '../packages/http-batch-input.js';
import { HttpPackageCache } from '../packages/http-package-cache.js';
import { LeaseEndedError, Recorder } from '../recorder/recorder.js';
import { containerCaps } from '../settings/container-limits.js';
import { lanesOf, machineFacts, machineSize, runtimeSettings } from './runtime-settings.js';

/** With the key that this worker shows to management. */
export type SettingsWithKey = Settings & { readonly workerKey: string };

/** Everything that a worker is made of. */
export type Parts = Awaited<ReturnType<typeof makeParts>>;

/** Makes the parts; nothing of them is started. Throws `RuntimeRefusedError`. */
export async function makeParts(
  settings: SettingsWithKey,
  logger: Logger,
  folder: string,
  machineId: string,
) {
  const stores = await openStores({ databaseUrl: settings.databaseUrl });
  const queueSettings = { redisUrl: settings.redisUrl, keyPrefix: settings.redisKeyPrefix };
  const channelServer = new GrpcChannelServer({ maxMessageBytes: settings.maxMessageBytes });
  const hold = new Hold();
  const created = await createContainerRuntime(runtimeSettings(settings, folder, machineId, channelServer));
  const runtime = new HoldingRuntime(created.runtime, hold, (error) =>
    logger.warn({ err: error }, 'Containers could not be limited as the policy says; it is tried again.'),
  );
  const chosen = { ...created, runtime };
  const urls = new FileUrls(settings.managementUrl, settings.workerKey);
  const downloads = new HttpPackageCache(urls, {
    folder: join(folder, 'packages'),
    maxBytes: settings.maxPackageCacheBytes,
  });
  const testApp = { name: TEST_APP, folder: join(folder, TEST_APP), files: TEST_APP_FILES };
  const packages = new CacheWithBuiltIn(downloads, testApp);
  const limits = poolSettings(settings, folder, machineFacts(settings));
  const pool = new AppHostPool(packages, limits);
  const policies = assemblePolicies(settings, logger);
  const described = describeMachine(
    settings,
    machineId,
    runtime,
    () => policies.inForce(runtime.canPause).profile,
  );
  const facts = new FactsKeeper((labels) =>
    factsOf(described, { labels, profile: policies.inForce(runtime.canPause).profile }),
  );
  const machineClock = new MachineClock();
  const clock = new TrustedClock(() => machineClock.nowMs);
  const { meter, books, explainLossesBy } = assembleBooks(folder, { clock, hold }, logger);
  const lease = new Lease(() => machineClock.nowMs);
  const recorder = new Recorder(
    stores.invocations,
    stores.batches,
    () => clock.errorMs,
    () => lease.isHeld,
    {
      onCommitFailed: (error, tries) =>
        error instanceof LeaseEndedError
          ? logger.warn(error.message)
          : logger.warn({ err: error, tries }, 'The database did not take outcomes; they are held.'),
    },
  );
  const replies = RedisReplySender.open(queueSettings);
  const source = new BullmqWorkSource(
    { ...queueSettings, machineId },
    { onTrouble: (message, error) => logger.warn({ err: error }, message) },
  );
  const versions = new VersionCache(
    stores.catalogue,
    clampedLog(containerCaps(settings, machineSize()), logger),
  );
  const admission = assembleAdmission(
    { stores, versions, facts, clock, described },
    folder,
    settings,
    logger,
  );
  const tools = {
    versions,
    appSettings: new AppSettings(settings.managementUrl, settings.workerKey),
    pool,
    packages,
    invocations: stores.invocations,
    batches: stores.batches,
    terminations: new TerminationWatch(stores.batches),
    input: new HttpBatchInput(urls, settings.maxItemBytes),
    recorder,
    durations: admission.durations,
    lease,
    meter,
    replies,
    streams: new StreamDoor(settings.managementUrl),
    now: () => clock.now(),
    settings: { machineId, maxLogBytes: settings.maxLogBytes },
    chunkSettings: { ...settings, machineId },
  };
  const onEngineDoubted = new Set<(problem: EngineProblem) => void>();
  const intake = new Intake(source, admission.gate, tools, lanesOf(settings, chosen.runtime), {
    onAttemptFailed: (job, error) => {
      logger.warn({ err: error, id: job.id, kind: job.kind }, 'An attempt failed; the queue tries again.');
      const problem = engineProblem(error);
      if (problem) for (const doubt of onEngineDoubted) doubt(problem);
    },
  });
  const metrics = assembleMetrics(settings, pool, logger);
  return {
    stores,
    chosen,
    runtime,
    hold,
    policies,
    books,
    explainLossesBy,
    described,
    facts,
    poolLimitBytes: limits.memoryBytes,
    channelServer,
    downloads,
    pool,
    recorder,
    replies,
    source,
    intake,
    admission,
    clock,
    machineClock,
    lease,
    metrics,
    onEngineDoubted,
    versions,
  };
}
