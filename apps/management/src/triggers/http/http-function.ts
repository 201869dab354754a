import type { AppVersion, CorsConfig, FunctionDefinition } from '#shared/domain/function-app.js';
import type { AuthLevel } from '../../access/key-ring.js';
import { httpDeclarationOf } from '../../catalogue/http-declaration.js';
import { corsHeaders } from './cors.js';
import { parseRouteTemplate } from './routes/route-template.js';
import type { Route } from './routes/route-tree.js';

/** A function that can be called by HTTP, with all that a call needs to know of it. */
export interface HttpFunction {
  readonly version: AppVersion;
  readonly definition: FunctionDefinition;
  readonly authLevel: AuthLevel;
  /** The app's `customHeaders`, for every response. */
  readonly customHeaders: readonly (readonly [name: string, value: string])[];
  /** Null: CORS is left to the function. */
  readonly cors: CorsConfig | null;
}

/** What every answer of a function has that it does not say itself. */
export function sharedHeaders(
  { customHeaders, cors }: Pick<HttpFunction, 'customHeaders' | 'cors'>,
  origin: string | undefined,
): HttpFunction['customHeaders'] {
  return cors === null ? customHeaders : [...customHeaders, ...corsHeaders(cors, origin)];
}

/** The app's HTTP functions that are not disabled, with their routes below its prefix. Throws `InvalidInputError`. */
export function httpRoutesOf(version: AppVersion, cors: CorsConfig | null = null): Route<HttpFunction>[] {
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
      cors,
    };
    return [{ template, methods, target }];
  });
}

function trimSlashes(text: string): string {
  return text.replace(/^\/+|\/+$/g, '');
}
