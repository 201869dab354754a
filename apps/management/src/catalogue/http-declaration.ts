import {
  triggerOf,
  type AppVersion,
  type Binding,
  type FunctionDefinition,
} from '#shared/domain/function-app.js';

export const HTTP_TRIGGER = 'httptrigger';

/** What an HTTP function's trigger binding asks for, with Azure's defaults filled in. */
export interface HttpDeclaration {
  /** The template below the route prefix, without a leading slash. */
  readonly route: string;
  /** In upper case; null: every method. */
  readonly methods: readonly string[] | null;
  /** As written, in lower case: `anonymous`, `function` or `admin` where it is valid. */
  readonly authLevel: string;
}

/** Null for a function with another trigger. */
export function httpDeclarationOf(definition: FunctionDefinition): HttpDeclaration | null {
  const trigger = triggerOf(definition);
  if (trigger?.type.toLowerCase() !== HTTP_TRIGGER) return null;
  return {
    route: routeOf(trigger, definition.name),
    methods: methodsOf(trigger),
    authLevel: textOf(trigger['authLevel'], 'function').toLowerCase(),
  };
}

/** Where a function's route is found whatever other apps declare: below `/apps/{app}`. */
export function pathBelowApp(version: Pick<AppVersion, 'appName' | 'host'>, route: string): string {
  const prefix = version.host.http.routePrefix;
  return ['', 'apps', version.appName, prefix, route]
    .filter((part, index) => index === 0 || part !== '')
    .join('/');
}

function routeOf(trigger: Binding, functionName: string): string {
  return textOf(trigger['route'], functionName).replace(/^\/+/, '');
}

function methodsOf(trigger: Binding): readonly string[] | null {
  const methods = trigger['methods'];
  if (!Array.isArray(methods) || methods.length === 0) return null;
  return [...new Set(methods.map(methodName))];
}

/** What is no text is shown as what it is, for the check that refuses it. */
function methodName(method: unknown): string {
  return (typeof method === 'string' ? method : JSON.stringify(method)).toUpperCase();
}

function textOf(value: unknown, otherwise: string): string {
  return typeof value === 'string' && value !== '' ? value : otherwise;
}
