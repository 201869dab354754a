import { InvalidInputError } from '#shared/domain/errors.js';
import { makeConstraint, type RouteConstraint } from './route-constraint.js';

/** A named part of a path. */
export interface RouteParameter {
  readonly name: string;
  readonly constraints: readonly RouteConstraint[];
  readonly isOptional: boolean;
  /** What the parameter is when the path leaves it out: `{page=1}`. */
  readonly defaultValue: string | undefined;
}

/** What stands between two slashes of a template. */
export type RouteSegment =
  /** In lower case: literals match without regard to case. */
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'parameter'; readonly parameter: RouteParameter }
  /** The rest of the path, slashes and all, or nothing. */
  | { readonly kind: 'catchAll'; readonly parameter: RouteParameter }
  /** Text and parameters in one: `{name}.{ext}`, `v{version:int}`. */
  | { readonly kind: 'mixed'; readonly parts: readonly (string | RouteParameter)[] };

export interface RouteTemplate {
  readonly text: string;
  readonly segments: readonly RouteSegment[];
}

const MAX_TEMPLATE_LENGTH = 2048;

/**
 * Parses a route template as Azure Functions takes it from ASP.NET: literals, `{param}`, `{param?}`, `{param=default}`,
 * `{param:constraint(…)}`, `{*catchAll}`; `{{` and `}}` are braces. Throws `InvalidInputError` that says what is wrong with it.
 */
export function parseRouteTemplate(text: string): RouteTemplate {
  try {
    if (text.length > MAX_TEMPLATE_LENGTH) throw new InvalidInputError('it is too long');
    const segments = splitSegments(text).map(parseSegment);
    checkOrder(segments);
    checkNames(segments);
    return { text, segments };
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    throw new InvalidInputError(`The route "${text}" is not right: ${error.message}.`);
  }
}

export function parametersOf(segment: RouteSegment): readonly RouteParameter[] {
  if (segment.kind === 'literal') return [];
  if (segment.kind !== 'mixed') return [segment.parameter];
  return segment.parts.filter((part) => typeof part !== 'string');
}

/** A segment's text in pieces: `braced` ones were between braces. */
interface Piece {
  readonly isBraced: boolean;
  readonly text: string;
}

/** Splits at slashes outside of braces, and each segment into its pieces. */
function splitSegments(text: string): Piece[][] {
  if (text === '') return [];
  const segments: Piece[][] = [[]];
  let literal = '';
  const endLiteral = (): void => {
    if (literal !== '') segments.at(-1)?.push({ isBraced: false, text: literal });
    literal = '';
  };
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    const isDoubled = text[at + 1] === character;
    if (character === '/') {
      endLiteral();
      segments.push([]);
    } else if ((character === '{' || character === '}') && isDoubled) {
      literal += character;
      at += 1;
    } else if (character === '{') {
      endLiteral();
      const end = endOfBraces(text, at + 1);
      segments.at(-1)?.push({ isBraced: true, text: unescapeBraces(text.slice(at + 1, end)) });
      at = end;
    } else if (character === '}') {
      throw new InvalidInputError('a "}" has no "{" before it');
    } else {
      literal += character;
    }
  }
  endLiteral();
  return segments;
}

/** The index of the brace that closes; doubled ones inside are part of the text. */
function endOfBraces(text: string, from: number): number {
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === '{' && text[at + 1] !== '{')
      throw new InvalidInputError('a "{" stands inside of braces');
    if (text[at] === '{') at += 1;
    else if (text[at] === '}' && text[at + 1] === '}') at += 1;
    else if (text[at] === '}') return at;
  }
  throw new InvalidInputError('a "{" has no "}" after it');
}

function unescapeBraces(text: string): string {
  return text.replaceAll('{{', '{').replaceAll('}}', '}');
}

function parseSegment(pieces: readonly Piece[]): RouteSegment {
  const [only, ...more] = pieces;
  if (!only) throw new InvalidInputError('a segment is empty: there is a "/" too many');
  if (more.length === 0) return only.isBraced ? parseWhole(only.text) : literalSegment(only.text);
  if (pieces.some((piece) => piece.isBraced && piece.text.startsWith('*'))) {
    throw new InvalidInputError('a catch-all must be a segment of its own');
  }
  const parts = pieces.map((piece) => (piece.isBraced ? parseParameter(piece.text) : piece.text));
  checkMixed(parts);
  return { kind: 'mixed', parts };
}

function literalSegment(text: string): RouteSegment {
  if (text.includes('?')) throw new InvalidInputError('a "?" must not stand outside of braces');
  return { kind: 'literal', text: text.toLowerCase() };
}

function parseWhole(text: string): RouteSegment {
  if (!text.startsWith('*')) return { kind: 'parameter', parameter: parseParameter(text) };
  const parameter = parseParameter(text.replace(/^\*{1,2}/, ''));
  if (parameter.isOptional)
    throw new InvalidInputError('a catch-all is optional by itself: leave the "?" out');
  return { kind: 'catchAll', parameter };
}

/** `name:constraint(args):constraint=default` or `name…?`. */
function parseParameter(text: string): RouteParameter {
  const isOptional = text.endsWith('?');
  const inner = isOptional ? text.slice(0, -1) : text;
  const name = /^[^:=]*/.exec(inner)?.[0] ?? '';
  if (!/^[^\s{}()/*?]+$/.test(name)) throw new InvalidInputError(`"{${text}}" has no proper name`);
  const { constraints, rest } = parseConstraints(inner.slice(name.length));
  if (rest === '') return { name, constraints, isOptional, defaultValue: undefined };
  if (!rest.startsWith('=')) throw new InvalidInputError(`"{${text}}" can not be understood at "${rest}"`);
  if (isOptional) throw new InvalidInputError(`"{${text}}" has a default: leave the "?" out`);
  return { name, constraints, isOptional, defaultValue: rest.slice(1) };
}

function parseConstraints(text: string): { constraints: RouteConstraint[]; rest: string } {
  const constraints: RouteConstraint[] = [];
  let rest = text;
  while (rest.startsWith(':')) {
    // A pattern may hold parentheses itself: the one that closes is followed by another constraint, a default or the end.
    const [whole, name = '', args] = /^:(\w+)(?:\((.*?)\)(?=[:=]|$))?/.exec(rest) ?? [];
    if (whole === undefined) throw new InvalidInputError(`"${rest}" is not a constraint`);
    constraints.push(makeConstraint(name, args));
    rest = rest.slice(whole.length);
  }
  return { constraints, rest };
}

function checkMixed(parts: readonly (string | RouteParameter)[]): void {
  parts.forEach((part, index) => {
    if (typeof part === 'string') return;
    if (index > 0 && typeof parts[index - 1] !== 'string') {
      throw new InvalidInputError(`text must stand between "{${part.name}}" and the parameter before it`);
    }
    if (!part.isOptional) return;
    if (index !== parts.length - 1 || parts[index - 1] !== '.') {
      throw new InvalidInputError(`"{${part.name}?}" may only end a segment, after a "."`);
    }
  });
}

function checkOrder(segments: readonly RouteSegment[]): void {
  segments.forEach((segment, index) => {
    const isLast = index === segments.length - 1;
    if (segment.kind === 'catchAll' && !isLast)
      throw new InvalidInputError('a catch-all must be the last segment');
    const next = segments[index + 1];
    const canBeLeftOut = segment.kind === 'parameter' && segment.parameter.isOptional;
    if (canBeLeftOut && next && !(next.kind === 'parameter' && next.parameter.isOptional)) {
      throw new InvalidInputError(`"{${segment.parameter.name}?}" is optional, but what follows is not`);
    }
  });
}

function checkNames(segments: readonly RouteSegment[]): void {
  const seen = new Set<string>();
  for (const { name } of segments.flatMap(parametersOf)) {
    if (seen.has(name.toLowerCase())) throw new InvalidInputError(`two parameters are named "${name}"`);
    seen.add(name.toLowerCase());
  }
}
