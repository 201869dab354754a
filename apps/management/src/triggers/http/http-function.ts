import type { AppVersion, FunctionDefinition } from '#shared/domain/function-app.js';
import type { AuthLevel } from '../../access/key-ring.js';
import { httpDeclarationOf } from '../../catalogue/http-declaration.js';
import { parseRouteTemplate } from './routes/route-template.js';
import type { Route } from './routes/route-tree.js';

/** A function that can be called by HTTP, with all that a call needs to know of it. */
export interface HttpFunction {
  readonly version: AppVersion;
  readonly definition: FunctionDefinition;
  readonly authLevel: AuthLevel;
  /** The app's `customHeaders`, for every response. */
  readonly customHeaders: readonly (readonly [name: string, value: string])[];
}

/** The app's HTTP functions that are not disabled, with their routes below its prefix. Throws `InvalidInputError`. */
export function httpRoutesOf(version: AppVersion): Route<HttpFunction>[] {
  const { routePrefix, customHeaders } = version.host.http;
  return version.functions.flatMap((definition) => {
    const declaration = httpDeclarationOf(definition);
    if (!declaration || definition.disabled) return [];
    const { route, methods, authLevel } = declaration;
    const template = parseRouteTemplate(
      [trimSlashes(routePrefix), route].filter((part) => part !== '').join('/'),
    );
    const target: HttpFunction = {
      version,
      definition,
      authLevel: authLevel as AuthLevel,
      customHeaders: Object.entries(customHeaders),
    };
    return [{ template, methods, target }];
  });
}

function trimSlashes(text: string): string {
  return text.replace(/^\/+|\/+$/g, '');
}
