import { Injectable } from '@nestjs/common';
import { ConflictError, NotFoundError } from '#shared/domain/errors.js';
import type { AppVersion, FunctionApp } from '#shared/domain/function-app.js';
import { CatalogueStore } from '#shared/store/catalogue-store.js';

/** Function apps and what is published of them, by the name that a request says. */
@Injectable()
export class ActiveVersions {
  constructor(private readonly catalogue: CatalogueStore) {}

  /** Throws `NotFoundError`. */
  async app(name: string): Promise<FunctionApp> {
    const app = await this.catalogue.findAppByName(name.toLowerCase());
    if (!app) throw new NotFoundError('function app', name);
    return app;
  }

  /** Throws `NotFoundError`, or `ConflictError` when nothing has been published yet. */
  async of(appName: string): Promise<AppVersion> {
    const app = await this.app(appName);
    const version = app.activeVersionId ? await this.catalogue.findVersion(app.activeVersionId) : null;
    if (version) return version;
    throw new ConflictError(
      `Nothing has been published for the function app "${app.name}" yet: publish it first.`,
    );
  }
}
