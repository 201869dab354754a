import { InvalidInputError } from '#shared/domain/errors.js';
import type { FunctionDefinition, HostConfig } from '#shared/domain/function-app.js';
import { httpDeclarationOf, type HttpDeclaration } from '../../catalogue/http-declaration.js';
import { isReservedPath } from '../../triggers/http/routes/reserved-paths.js';
import { parseRouteTemplate, type RouteTemplate } from '../../triggers/http/routes/route-template.js';
import { RouteTree } from '../../triggers/http/routes/route-tree.js';
import type { Findings } from './findings.js';

const AUTH_LEVELS = ['anonymous', 'function', 'admin'];
const METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS', 'TRACE'];

/** Checks the routes of an app's HTTP functions: each by itself, and that no two answer the same request. */
export function checkRoutes(host: HostConfig, functions: readonly FunctionDefinition[]): Findings {
  const problems: string[] = [];
  const notes: string[] = [];
  const tree = new RouteTree<string>();
  for (const definition of functions) {
    const declaration = httpDeclarationOf(definition);
    if (!declaration) continue;
    const { name } = definition;
    problems.push(...declarationProblems(declaration).map((what) => `Function "${name}": ${what}`));
    const template = parse(name, withPrefix(host, declaration.route), problems);
    // A disabled function answers nothing, so that it is in nobody's way.
    if (!template || definition.disabled) continue;
    const rival = tree.add({ template, methods: declaration.methods, target: name });
    if (rival) problems.push(rivalry(name, rival.target, template.text));
    notes.push(...shadowNotes(name, template));
  }
  return { problems, notes };
}

function parse(name: string, text: string, problems: string[]): RouteTemplate | null {
  try {
    return parseRouteTemplate(text);
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    problems.push(`Function "${name}": ${error.message}`);
    return null;
  }
}

function declarationProblems({ authLevel, methods }: HttpDeclaration): string[] {
  const problems: string[] = [];
  if (!AUTH_LEVELS.includes(authLevel)) {
    problems.push(`authLevel "${authLevel}" must be one of ${AUTH_LEVELS.join(', ')}.`);
  }
  const unknown = methods?.filter((method) => !METHODS.includes(method)) ?? [];
  if (unknown.length > 0)
    problems.push(`methods must be of ${METHODS.join(', ')}, not ${unknown.join(', ')}.`);
  return problems;
}

function rivalry(name: string, other: string, route: string): string {
  return `Functions "${other}" and "${name}" have one route, "/${route}", and a method in common: give one another route or other methods.`;
}

/** Such a function works under its app's own path; that its short path does not is worth knowing. */
function shadowNotes(name: string, template: RouteTemplate): string[] {
  const literals = template.segments.map((segment) => (segment.kind === 'literal' ? segment.text : ''));
  const path = `/${template.text}`;
  if (isReservedPath(['apps', 'app', ...literals])) {
    return [`Function "${name}" can not be called: "${path}" below /apps/{app} is used for publishing.`];
  }
  if (isReservedPath(literals))
    return [`Function "${name}" is called as /apps/{app}${path}; "${path}" itself is Nightjar's own.`];
  return [];
}

function withPrefix(host: HostConfig, route: string): string {
  return [host.http.routePrefix, route].filter((part) => part !== '').join('/');
}
