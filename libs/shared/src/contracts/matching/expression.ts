import {
  Environment,
  EvaluationError,
  ParseError,
  TypeError as CelTypeError,
  type ASTNode,
} from '@marcbachmann/cel-js';
import { serialize } from '@marcbachmann/cel-js/serialize';
import { LRUCache } from 'lru-cache';
import { ATTRIBUTE_LIST, ATTRIBUTES, type MachineFacts } from './machine-facts.js';
import { syntaxProblems } from './syntax.js';
import { isAtLeast } from './version-order.js';

/** What an expression is for: `requirements` is true or false, `rank` a number (or true, which is 1, or false, which is 0). */
export type ExpressionUse = 'requirements' | 'rank';

/** Long enough for a list of fifty machines; an expression stands in every job. */
export const EXPRESSION_MAX_LENGTH = 1000;

const MIB = 1024n ** 2n;
const RESULT_TYPES: Readonly<Record<ExpressionUse, readonly string[]>> = {
  requirements: ['bool'],
  rank: ['int', 'double', 'bool'],
};
const RESULT_WORDS: Readonly<Record<ExpressionUse, string>> = {
  requirements: 'true or false, such as cores >= 4',
  rank: 'a number, such as cores, or true or false',
};

/** One of the terms that `&&` joins, or all of an expression without `&&`. */
export interface Term {
  readonly node: ASTNode;
  /** As CEL writes it, for people. */
  readonly text: string;
  /** Throws what `whyNot` of `evaluation.ts` understands. */
  readonly evaluate: (context: Context) => unknown;
}

/** Machine facts as CEL has them. What is not reported is absent. */
export type Context = Readonly<Record<string, string | bigint | object>>;

/** An expression that is ready to be evaluated, or what is wrong with it. */
export type Compiled =
  | { readonly terms: readonly Term[]; readonly evaluate: Term['evaluate']; readonly problems: readonly [] }
  | { readonly terms: null; readonly problems: readonly string[] };

/** Nothing in it loops, so what an evaluation costs is bounded by these and by how long an expression may be. */
const environment = new Environment({
  limits: { maxAstNodes: 250, maxDepth: 50, maxListElements: 100, maxMapEntries: 0, maxCallArguments: 3 },
})
  .registerConstant('MiB', 'int', MIB)
  .registerConstant('GiB', 'int', MIB * 1024n)
  .registerFunction('string.atLeast(string): bool', isAtLeast);
for (const [name, { type }] of Object.entries(ATTRIBUTES)) environment.registerVariable(name, type);

const compiled = new LRUCache<string, Compiled>({ max: 2000 });

/** Compiles a text once; a few thousand of them are kept. Never throws. */
export function compileExpression(use: ExpressionUse, text: string): Compiled {
  const key = `${use} ${text}`;
  const known = compiled.get(key);
  if (known) return known;
  const made = compile(use, text);
  compiled.set(key, made);
  return made;
}

function compile(use: ExpressionUse, text: string): Compiled {
  const refused = (...problems: string[]): Compiled => ({ terms: null, problems });
  if (text.trim() === '') return refused('must not be empty: leave it out where nothing is asked.');
  if (text.length > EXPRESSION_MAX_LENGTH)
    return refused(`must have at most ${EXPRESSION_MAX_LENGTH} characters, and has ${text.length}.`);
  try {
    const { ast } = environment.parse(text);
    const problems = syntaxProblems(ast);
    if (problems.length > 0) return refused(...problems);
    const checked = environment.check(text);
    if (!checked.valid) return refused(problemText(checked.error));
    if (!RESULT_TYPES[use].includes(checked.type ?? ''))
      return refused(`must be ${RESULT_WORDS[use]}, and is of the type ${checked.type}.`);
    const terms = termsOf(ast).map(toTerm);
    return { terms, evaluate: environment.parse(text), problems: [] };
  } catch (error) {
    return refused(problemText(error));
  }
}

function termsOf(node: ASTNode): ASTNode[] {
  return node.op === '&&' ? node.args.flatMap(termsOf) : [node];
}

function toTerm(node: ASTNode): Term {
  const text = readable(serialize(node));
  return { node, text, evaluate: environment.parse(text) };
}

/** Letters of other alphabets as themselves: they are written as escapes, half of which CEL takes for wrong beyond 16 bits. */
function readable(written: string): string {
  return written.replace(/\\\\|\\u([0-9a-f]{4})/gi, (escape, code: string | undefined) =>
    code === undefined || Number.parseInt(code, 16) < 0x20
      ? escape
      : String.fromCharCode(Number.parseInt(code, 16)),
  );
}

function problemText(error: unknown): string {
  if (!isCelError(error)) throw error;
  const at = error.range ? ` (at character ${error.range.start + 1})` : '';
  const list = error.code === 'unknown_variable' ? ` ${ATTRIBUTE_LIST}` : '';
  const said = error.summary.replace('Unknown variable:', 'there is no attribute');
  return `${said.charAt(0).toLowerCase()}${said.slice(1)}${at}.${list}`;
}

type CelError = ParseError | EvaluationError | CelTypeError;

export function isCelError(error: unknown): error is CelError {
  return error instanceof ParseError || error instanceof EvaluationError || error instanceof CelTypeError;
}

const contexts = new WeakMap<MachineFacts, Context>();

/** Facts as CEL has them; made once for an object of facts, which nobody changes. */
export function contextOf(facts: MachineFacts): Context {
  const known = contexts.get(facts);
  if (known) return known;
  const made = toContext(facts);
  contexts.set(facts, made);
  return made;
}

function toContext(facts: MachineFacts): Context {
  const reported = Object.entries(facts).filter(([, value]) => value !== null && value !== undefined);
  return Object.fromEntries(
    reported.map(([name, value]) => [
      name,
      typeof value === 'number' ? BigInt(Math.trunc(value)) : (value as string),
    ]),
  );
}
