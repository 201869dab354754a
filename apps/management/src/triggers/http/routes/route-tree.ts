import { matchMixed } from './mixed-segment.js';
import {
  parametersOf,
  type RouteParameter,
  type RouteSegment,
  type RouteTemplate,
} from './route-template.js';

/** A template with what it leads to. */
export interface Route<Target> {
  readonly template: RouteTemplate;
  /** In upper case; null: every method. */
  readonly methods: readonly string[] | null;
  readonly target: Target;
}

export interface RouteMatch<Target> {
  readonly target: Target;
  readonly parameters: Record<string, string>;
}

/** A route that ends at a node, with the parameters on the way there. */
interface Ending<Target> {
  readonly route: Route<Target>;
  readonly names: readonly string[];
  /** Parameters that the path leaves out and that have a default. */
  readonly defaults: readonly (readonly [name: string, value: string])[];
}

/** Mixed and parameter segments, and catch-alls: one branch for each that differs in what it accepts. */
interface Branch<Target> {
  readonly key: string;
  /** The values of the segment's parameters, or null when it does not fit. */
  readonly accept: (text: string) => readonly string[] | null;
  readonly node: Node<Target>;
}

interface Node<Target> {
  readonly literals: Map<string, Node<Target>>;
  readonly mixed: Branch<Target>[];
  readonly constrained: Branch<Target>[];
  readonly free: Branch<Target>[];
  readonly catchAlls: Branch<Target>[];
  readonly endings: Ending<Target>[];
  /** Routes that end here because what follows was left out; after those that end here by themselves. */
  readonly shortened: Ending<Target>[];
}

/**
 * Routes as a tree of segments. Where several fit, the most specific one wins, as in ASP.NET: segment by segment a literal
 * before a mixed or constrained parameter before a free one before a catch-all. The method is part of the match: a route that
 * fits but for the method is passed over.
 */
export class RouteTree<Target> {
  private readonly root: Node<Target> = emptyNode();

  /** Answers the route that is there already and would be ambiguous with this one; this one is not added then. */
  add(route: Route<Target>): Route<Target> | null {
    const { segments } = route.template;
    const end = segments.reduce(descend<Target>, this.root);
    const rival = end.endings.find((ending) => shareMethod(ending.route, route));
    if (rival) return rival.route;
    end.endings.push(endingAfter(route, segments.length));
    this.addShortened(route);
    return null;
  }

  /** @param segments of the path, decoded; an empty path has none */
  match(method: string, segments: readonly string[]): RouteMatch<Target> | null {
    return search(this.root, { method, segments, values: [] }, 0);
  }

  /** A route whose last parameters may be left out ends at the nodes before them, too. */
  private addShortened(route: Route<Target>): void {
    const { segments } = route.template;
    for (let length = segments.length - 1; length >= 0 && canBeLeftOut(segments[length]); length -= 1) {
      const node = segments.slice(0, length).reduce(descend<Target>, this.root);
      node.shortened.push(endingAfter(route, length));
    }
  }
}

interface Search {
  readonly method: string;
  readonly segments: readonly string[];
  /** Of the parameters on the way to where the search is. */
  readonly values: string[];
}

function search<Target>(node: Node<Target>, search_: Search, at: number): RouteMatch<Target> | null {
  const segment = search_.segments[at];
  if (segment === undefined) return endAt(node, search_) ?? searchCatchAlls(node, search_, at);
  const literal = node.literals.get(segment.toLowerCase());
  const found = literal ? search(literal, search_, at + 1) : null;
  if (found) return found;
  return (
    searchBranches(node.mixed, segment, search_, at) ??
    searchBranches(node.constrained, segment, search_, at) ??
    searchBranches(node.free, segment, search_, at) ??
    searchCatchAlls(node, search_, at)
  );
}

function searchBranches<Target>(
  branches: readonly Branch<Target>[],
  segment: string,
  search_: Search,
  at: number,
): RouteMatch<Target> | null {
  for (const branch of branches) {
    const values = branch.accept(segment);
    if (!values) continue;
    search_.values.push(...values);
    const found = search(branch.node, search_, at + 1);
    if (found) return found;
    search_.values.length -= values.length;
  }
  return null;
}

function searchCatchAlls<Target>(node: Node<Target>, search_: Search, at: number): RouteMatch<Target> | null {
  if (node.catchAlls.length === 0) return null;
  const rest = search_.segments.slice(at).join('/');
  return searchBranches(node.catchAlls, rest, { ...search_, segments: [] }, 0);
}

function endAt<Target>(node: Node<Target>, { method, values }: Search): RouteMatch<Target> | null {
  const allows = ({ route }: Ending<Target>): boolean => route.methods?.includes(method) ?? true;
  const ending = node.endings.find(allows) ?? node.shortened.find(allows);
  if (!ending) return null;
  const parameters: Record<string, string> = Object.fromEntries(ending.defaults);
  ending.names.forEach((name, index) => {
    const value = values[index];
    // Of `{*rest}` and `{name}.{ext?}` nothing may be left: then the parameter is absent, not empty.
    if (value !== undefined && value !== '') parameters[name] = value;
  });
  return { target: ending.route.target, parameters };
}

function endingAfter<Target>(route: Route<Target>, length: number): Ending<Target> {
  const { segments } = route.template;
  const names = segments.slice(0, length).flatMap(parametersOf);
  const withDefault = segments.flatMap(parametersOf).filter(({ defaultValue }) => defaultValue !== undefined);
  return {
    route,
    names: names.map(({ name }) => name),
    defaults: withDefault.map(({ name, defaultValue = '' }) => [name, defaultValue]),
  };
}

function canBeLeftOut(segment: RouteSegment | undefined): boolean {
  if (segment?.kind !== 'parameter') return false;
  return segment.parameter.isOptional || segment.parameter.defaultValue !== undefined;
}

function shareMethod(a: Route<unknown>, b: Route<unknown>): boolean {
  if (a.methods === null || b.methods === null) return true;
  return a.methods.some((method) => b.methods?.includes(method));
}

/** The node below for a segment, made if there is none. */
function descend<Target>(node: Node<Target>, segment: RouteSegment): Node<Target> {
  if (segment.kind === 'literal') return descendLiteral(node, segment.text);
  const [branches, accept] = placeOf(node, segment);
  const key = keyOf(segment);
  const known = branches.find((branch) => branch.key === key);
  if (known) return known.node;
  const branch = { key, accept, node: emptyNode<Target>() };
  // Among catch-alls, too, a constrained one is tried before a free one.
  if (parametersOf(segment).some(({ constraints }) => constraints.length > 0)) branches.unshift(branch);
  else branches.push(branch);
  return branch.node;
}

function descendLiteral<Target>(node: Node<Target>, text: string): Node<Target> {
  const known = node.literals.get(text);
  if (known) return known;
  const made = emptyNode<Target>();
  node.literals.set(text, made);
  return made;
}

function placeOf<Target>(
  node: Node<Target>,
  segment: Exclude<RouteSegment, { kind: 'literal' }>,
): [Branch<Target>[], Branch<Target>['accept']] {
  if (segment.kind === 'mixed') return [node.mixed, (text) => acceptMixed(segment.parts, text)];
  const { parameter } = segment;
  if (segment.kind === 'catchAll') {
    return [node.catchAlls, (text) => (text === '' || fits(parameter, text) ? [text] : null)];
  }
  const branches = parameter.constraints.length > 0 ? node.constrained : node.free;
  return [branches, (text) => (text !== '' && fits(parameter, text) ? [text] : null)];
}

function acceptMixed(parts: readonly (string | RouteParameter)[], text: string): readonly string[] | null {
  const values = matchMixed(parts, text);
  if (!values) return null;
  const parameters = parts.filter((part) => typeof part !== 'string');
  const all = parameters.every((parameter, index) => {
    const value = values[index];
    return value === undefined || fits(parameter, value);
  });
  // An extension that was left out counts as an empty value, so that those of later segments keep their places.
  return all ? parameters.map((_, index) => values[index] ?? '') : null;
}

function fits(parameter: RouteParameter, value: string): boolean {
  return parameter.constraints.every((constraint) => constraint.accepts(value));
}

/** Two segments with one key accept the same: only their parameters' names may differ. */
function keyOf(segment: Exclude<RouteSegment, { kind: 'literal' }>): string {
  const keyOfParameter = ({ constraints, isOptional }: RouteParameter): string => {
    const texts = constraints.map(({ text }) => text).toSorted();
    return `{${texts.join(':')}${segment.kind === 'mixed' && isOptional ? '?' : ''}}`;
  };
  if (segment.kind !== 'mixed') return keyOfParameter(segment.parameter);
  return segment.parts
    .map((part) => (typeof part === 'string' ? part.toLowerCase() : keyOfParameter(part)))
    .join('');
}

function emptyNode<Target>(): Node<Target> {
  return {
    literals: new Map(),
    mixed: [],
    constrained: [],
    free: [],
    catchAlls: [],
    endings: [],
    shortened: [],
  };
}
