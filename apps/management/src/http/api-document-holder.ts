import { Injectable } from '@nestjs/common';
import type { OpenAPIObject } from '@nestjs/swagger';
import { UnavailableError } from '#shared/domain/errors.js';

/** Holds the API document for the route that serves it: it can be built only once the application has been made. */
@Injectable()
export class ApiDocument {
  private build: (() => OpenAPIObject) | null = null;
  private document: OpenAPIObject | null = null;

  /** @param build called once, when the document is first asked for */
  buildBy(build: () => OpenAPIObject): void {
    this.build = build;
  }

  get(): OpenAPIObject {
    this.document ??= this.build?.() ?? null;
    if (!this.document) throw new UnavailableError('The API document can not be built yet.');
    return this.document;
  }
}
