import { Inject, Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import type { Readable } from 'node:stream';
import type { Deployment } from '#shared/domain/deployment.js';
import { ConflictError, InvalidInputError, NightjarError, UnavailableError } from '#shared/domain/errors.js';
import type { IndexReply } from '#shared/contracts/replies.js';
import type { HostConfig } from '#shared/domain/function-app.js';
import { newId } from '#shared/domain/ids.js';
import { BlobStore, type StoredBlob } from '#shared/store/blob-store.js';
import { CatalogueStore } from '#shared/store/catalogue-store.js';
import { DeploymentStore } from '#shared/store/deployment-store.js';
import { AppSettings } from '../app-settings/app-settings.js';
import { parseAppName } from '../catalogue/app-name.js';
import { Catalogue } from '../catalogue/catalogue.js';
import { SETTINGS, type Settings } from '../config.js';
import { Dispatcher } from '../dispatch/dispatcher.js';
import { Matchmaker } from '../placement/matchmaker.js';
import { inspectPackage } from './inspection/inspect-package.js';
import { storePackage } from './package-upload.js';
import { checkVersion } from './validation/version-rules.js';

/** Who publishes what, as the client says. */
export interface PublishRequest {
  readonly app: string;
  readonly deployer: string;
  readonly author: string;
  readonly message: string;
}

/** A deployment whose package has arrived; `finish` does the rest. */
export interface ReceivedPackage {
  readonly appName: string;
  readonly deployment: Pick<Deployment, 'id' | 'appId'>;
  readonly blob: StoredBlob;
}

/** What a worker found by loading the app. */
type FoundInPackage = Pick<IndexReply, 'functions' | 'streamsHttp'>;

/**
 * Makes a package an app's active version, in steps: received (one deployment of an app at a time) → checked without unpacking
 * → indexed by a worker → its functions checked → activated in one transaction. Whatever fails is recorded with the deployment
 * and leaves the version that runs alone.
 */
@Injectable()
export class Publisher implements OnModuleDestroy {
  private readonly logger = new Logger(Publisher.name);
  /** Deployments that go on after their client was answered. */
  private readonly underWay = new Set<Promise<void>>();

  constructor(
    @Inject(SETTINGS) private readonly settings: Settings,
    private readonly apps: CatalogueStore,
    private readonly deployments: DeploymentStore,
    private readonly blobs: BlobStore,
    private readonly catalogue: Catalogue,
    private readonly dispatcher: Dispatcher,
    private readonly matchmaker: Matchmaker,
    private readonly appSettings: AppSettings,
  ) {}

  /** A stop waits for them a while; what is not done by then is marked as interrupted at the next start. */
  async onModuleDestroy(): Promise<void> {
    if (this.underWay.size === 0) return;
    const grace = new Promise((resolve) =>
      setTimeout(resolve, this.settings.shutdownGraceSeconds * 1000).unref(),
    );
    await Promise.race([Promise.allSettled(this.underWay), grace]);
  }

  /** Throws `ConflictError` when a deployment of this app is under way, and what the upload may throw. */
  async receive(request: PublishRequest, body: Readable): Promise<ReceivedPackage> {
    const app = await this.apps.findOrCreateApp(parseAppName(request.app));
    const { deployer, author, message } = request;
    const deployment = { id: newId(), appId: app.id, deployer, author, message };
    if (!(await this.deployments.begin(deployment))) {
      throw new ConflictError(`A deployment of "${app.name}" is under way: try again when it has ended.`);
    }
    return this.recordingFailure(deployment.id, async () => {
      const blob = await storePackage(this.blobs, body, this.settings);
      const { digest: packageDigest, sizeBytes: packageSizeBytes } = blob;
      await this.deployments.update(deployment.id, { packageDigest, packageSizeBytes });
      return { appName: app.name, deployment, blob };
    });
  }

  /** Throws `InvalidInputError` with what is wrong with the package, and `UnavailableError`. */
  finish({ appName, deployment, blob }: ReceivedPackage): Promise<void> {
    return this.recordingFailure(deployment.id, async () => {
      await this.deployments.update(deployment.id, { state: 'deploying' });
      const host = await inspectPackage(
        await this.blobs.localPath(blob.digest),
        blob.sizeBytes,
        this.settings,
      );
      const found = await this.index(deployment.appId, blob);
      const { notes, appVersionId } = await this.activate(
        { id: deployment.appId, name: appName },
        blob,
        host,
        found,
      );
      await this.deployments.update(deployment.id, { state: 'succeeded', appVersionId, notes });
    });
  }

  /** As `finish`, without anybody who waits for it: how it ended is in the deployment. */
  finishLater(received: ReceivedPackage): void {
    const work = this.finish(received).catch((error: unknown) => {
      const isForeseen = error instanceof NightjarError;
      this.logger[isForeseen ? 'warn' : 'error'](
        { err: error, ...received.deployment },
        'A deployment failed.',
      );
    });
    this.underWay.add(work);
    void work.finally(() => this.underWay.delete(work));
  }

  /** Loading an app runs its code: within the bounds that are set for it. */
  private async index(appId: string, blob: StoredBlob): Promise<FoundInPackage> {
    const { indexTimeoutSeconds } = this.settings;
    const container = await this.apps.containerSettings(appId);
    const reply = await this.dispatcher.indexPackage({
      ...blob,
      appId,
      container,
      timeoutMs: indexTimeoutSeconds * 1000,
    });
    if (!reply) {
      const reason = await this.matchmaker.whyNotIndexed(appId);
      throw new UnavailableError(
        `No worker has looked into the package within ${indexTimeoutSeconds} seconds (setting indexTimeoutSeconds): ` +
          (reason?.message ?? 'is one running?'),
      );
    }
    if (reply.problems.length > 0)
      throw new InvalidInputError('The app could not be loaded.', reply.problems);
    return reply;
  }

  private async activate(
    app: { readonly id: string; readonly name: string },
    blob: StoredBlob,
    host: HostConfig,
    { functions, streamsHttp }: FoundInPackage,
  ): Promise<{ appVersionId: string; notes: readonly string[] }> {
    const { values, revision } = await this.appSettings.triggerSettings(app);
    const { problems, notes, schedules } = checkVersion(host, functions, values);
    if (problems.length > 0) throw new InvalidInputError('The app can not be activated.', problems);
    const version = await this.catalogue.activate({
      id: newId(),
      appId: app.id,
      packageDigest: blob.digest,
      packageSizeBytes: blob.sizeBytes,
      host,
      functions,
      streamsHttp,
      schedules,
    });
    await this.appSettings.settle(app, revision);
    this.logger.log(`Activated a version of ${version.appName} with ${functions.length} functions.`);
    return { appVersionId: version.id, notes };
  }

  private async recordingFailure<Result>(id: string, work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      await this.recordFailure(id, error);
      throw error;
    }
  }

  /** The failure itself is what the client must be told; that it could not be recorded is not. */
  private async recordFailure(id: string, error: unknown): Promise<void> {
    const notes =
      error instanceof NightjarError
        ? [error.message, ...error.details]
        : ["Something went wrong inside Nightjar; management's log says what."];
    await this.deployments.update(id, { state: 'failed', notes }).catch((cause: unknown) => {
      this.logger.warn({ err: cause, deploymentId: id }, 'A failed deployment could not be recorded.');
    });
  }
}
