import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { DeploymentStore } from '#shared/store/deployment-store.js';
import { SETTINGS, type Settings } from '../config.js';

const LOOK_EVERY_MS = 60_000;
/** For the checks and the activation, and for clocks and busy databases. */
const MARGIN_SECONDS = 120;
const NOTE = 'It was interrupted: management was stopped meanwhile. Publish again.';

/** Ends deployments whose management instance died: an app with one under way takes no other. */
@Injectable()
export class InterruptedDeployments implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(InterruptedDeployments.name);
  private timer: NodeJS.Timeout | undefined;

  constructor(
    @Inject(SETTINGS)
    private readonly settings: Pick<Settings, 'databaseUrl' | 'uploadTimeoutSeconds' | 'indexTimeoutSeconds'>,
    private readonly deployments: DeploymentStore,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    // The embedded database belongs to this instance alone: whatever is under way now is nobody's. On a server it may be
    // another instance's, until it has taken longer than any may.
    const isShared = !this.settings.databaseUrl.startsWith('sqlite:');
    await this.end(isShared ? this.longestSeconds() : 0);
    this.timer = setInterval(() => void this.endQuietly(), LOOK_EVERY_MS).unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  private longestSeconds(): number {
    const { uploadTimeoutSeconds, indexTimeoutSeconds } = this.settings;
    return uploadTimeoutSeconds + indexTimeoutSeconds + MARGIN_SECONDS;
  }

  private async end(olderThanSeconds: number): Promise<void> {
    const ids = await this.deployments.failInterrupted(olderThanSeconds, NOTE);
    if (ids.length > 0) this.logger.warn({ deploymentIds: ids }, 'Deployments had been interrupted.');
  }

  private async endQuietly(): Promise<void> {
    await this.end(this.longestSeconds()).catch((error: unknown) => {
      this.logger.debug({ err: error }, 'Interrupted deployments could not be looked for.');
    });
  }
}
