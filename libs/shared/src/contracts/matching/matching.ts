import { InvalidInputError } from '../../domain/errors.js';
import { compileExpression, contextOf, isCelError } from './expression.js';
import type { Context, ExpressionUse, Term } from './expression.js';
import { isAttribute, type MachineFacts } from './machine-facts.js';
import { labelOf, nodesOf } from './syntax.js';

/**
 * Whether a machine meets requirements. `no` says in words which terms it does not meet and why. `unknown`: the requirements can't be
 * understood or worked out here (a newer management wrote them, or they divide by 0); work must not run then either.
 */
export type Match =
  | { readonly met: 'yes' }
  | { readonly met: 'no'; readonly because: string }
  | { readonly met: 'unknown'; readonly because: string };

const YES: Match = Object.freeze({ met: 'yes' });

/** An attribute or label that the machine has not: what a term that needs it throws. */
const ABSENT = new Set(['unknown_variable', 'no_such_key']);

/** What is wrong with an expression, each thing a sentence that begins with its field; empty: nothing. */
export function expressionProblems(use: ExpressionUse, text: string): string[] {
  return compileExpression(use, text).problems.map((problem) => `${use}: ${problem}`);
}

/** Throws `InvalidInputError` with a detail per thing that is wrong with an expression. */
export function checkExpression(use: ExpressionUse, text: string): void {
  const problems = expressionProblems(use, text);
  if (problems.length > 0) throw new InvalidInputError(`The ${use} are not right.`, problems);
}

/**
 * Whether a machine meets requirements. Absent requirements are met by every machine. Compiled once: a second evaluation of the same
 * text takes about a microsecond. Never throws.
 */
export function matches(requirements: string | null | undefined, facts: MachineFacts): Match {
  if (requirements === null || requirements === undefined) return YES;
  const { terms, problems } = compileExpression('requirements', requirements);
  if (!terms) return { met: 'unknown', because: `requirements: ${problems.join(' ')}` };
  const context = contextOf(facts);
  const found = terms.map((term) => judge(term, context, facts)).filter((one) => one.met !== 'yes');
  if (found.length === 0) return YES;
  const unmet = found.filter(({ met }) => met === 'no');
  const told = unmet.length > 0 ? unmet : found;
  return { met: unmet.length > 0 ? 'no' : 'unknown', because: told.map(({ because }) => because).join('; ') };
}

/** How good a machine is for work: more is better. 0 without a rank, or where it can't be worked out there. Never throws. */
export function rankOf(rank: string | null | undefined, facts: MachineFacts): number {
  if (rank === null || rank === undefined) return 0;
  const { terms, ...expression } = compileExpression('rank', rank);
  if (!terms || !('evaluate' in expression)) return 0;
  const value = attempt(() => Number(expression.evaluate(contextOf(facts))));
  return typeof value === 'number' && Number.isFinite(value) ? value : 0;
}

function judge(term: Term, context: Context, facts: MachineFacts): Match {
  const value = attempt(() => term.evaluate(context));
  if (value === true) return YES;
  const seen = factsIn(term, facts);
  if (value === false) return { met: 'no', because: `${term.text} is false${seen && `: ${seen}`}` };
  if (isCelError(value) && ABSENT.has(value.code ?? ''))
    return { met: 'no', because: `${term.text} is not met: ${seen}` };
  const why = isCelError(value) ? value.summary : String(value);
  return { met: 'unknown', because: `${term.text} can't be worked out: ${why}${seen && `; ${seen}`}` };
}

/** Its value, or the error that it ended with. */
function attempt(evaluate: () => unknown): unknown {
  try {
    return evaluate();
  } catch (error) {
    if (isCelError(error)) return error;
    throw error;
  }
}

/** What the machine says of all that a term asks about. */
function factsIn({ node }: Term, facts: MachineFacts): string {
  const told = [...nodesOf(node)].map((one) => {
    const label = labelOf(one);
    if (label !== null) return labelText(label, facts);
    return one.op === 'id' && one.args !== 'labels' ? attributeText(one.args, facts) : '';
  });
  return [...new Set(told)].filter((text) => text !== '').join(', ');
}

function attributeText(name: string, facts: MachineFacts): string {
  if (!isAttribute(name)) return '';
  const value = facts[name] ?? null;
  return value === null ? `the machine does not report ${name}` : `${name} is ${JSON.stringify(value)}`;
}

function labelText(name: string, { labels }: MachineFacts): string {
  if (labels === null) return 'the labels of the machine are not known yet';
  if (!Object.hasOwn(labels, name)) return `the machine has no label ${name}`;
  return `labels.${name} is ${JSON.stringify(labels[name])}`;
}
