import { Injectable, Logger } from '@nestjs/common';
import type { AppVersion, CorsConfig } from '#shared/domain/function-app.js';
import { AppSettings } from '../../app-settings/app-settings.js';
import { corsOf } from './cors.js';

/** Which origins may call an app, by one revision of its settings. */
interface Known {
  readonly versionId: string;
  readonly revision: number;
  readonly cors: CorsConfig | null;
}

/** Which origins may call the active apps. In memory; settings are opened only when they have changed. */
@Injectable()
export class AppCors {
  private readonly logger = new Logger(AppCors.name);
  private known: ReadonlyMap<string, Known> = new Map();

  constructor(private readonly settings: AppSettings) {}

  /** Null while it is not known: a browser then keeps an answer from its page, which is the safe side. */
  of(version: AppVersion): CorsConfig | null {
    const known = this.known.get(version.appId);
    return known?.versionId === version.id ? known.cors : null;
  }

  /** Reads what has changed. Never throws. */
  async follow(versions: readonly AppVersion[]): Promise<void> {
    const entries = await Promise.all(
      versions.map(async (version) => [version.appId, await this.read(version)] as const),
    );
    this.known = new Map(entries);
  }

  private async read(version: AppVersion): Promise<Known> {
    const { id: versionId, appId, appName } = version;
    const revision = version.settingsRevision ?? 0;
    const known = this.known.get(appId);
    if (known?.versionId === versionId && known.revision === revision) return known;
    try {
      const { values } = await this.settings.triggerSettings({ id: appId, name: appName });
      return { versionId, revision, cors: corsOf(version, values) };
    } catch (error) {
      // What is wrong in one app's settings must not keep the others from being served.
      this.logger.warn({ err: error, app: appName }, 'Pages of other sites can not call the app.');
      return { versionId, revision: -1, cors: null };
    }
  }
}
