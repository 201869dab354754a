import type { ASTNode } from '@marcbachmann/cel-js';
import { ATTRIBUTES, isAttribute } from './machine-facts.js';

/** Those of CEL's functions that cost no more than the texts they are given are long. */
const FUNCTIONS = new Set([
  ...['has', 'size', 'startsWith', 'endsWith', 'contains', 'lowerAscii', 'upperAscii'],
  ...['int', 'double', 'string', 'atLeast'],
]);

const FUNCTION_LIST = `The functions are ${[...FUNCTIONS].join(', ')}.`;
const ORDERS = new Set(['<', '<=', '>', '>=']);
const COMPARISONS = new Set(['==', '!=', 'in']);

/** A node and all below it, from left to right. */
export function* nodesOf(node: ASTNode): Generator<ASTNode> {
  yield node;
  for (const child of childrenOf(node.args)) yield* nodesOf(child);
}

function childrenOf(args: unknown): ASTNode[] {
  if (Array.isArray(args)) return args.flatMap(childrenOf);
  return isNode(args) ? [args] : [];
}

function isNode(value: unknown): value is ASTNode {
  return typeof value === 'object' && value !== null && 'op' in value && 'args' in value;
}

/** The label that a node is about: `labels.site`, `labels["site"]`, `"site" in labels`; null for any other node. */
export function labelOf({ op, args }: ASTNode): string | null {
  if (op === '.' && isLabels(args[0])) return args[1];
  if (op === '[]' && isLabels(args[0])) return textOf(args[1]);
  if (op === 'in' && isLabels(args[1])) return textOf(args[0]);
  return null;
}

function isLabels(node: ASTNode): boolean {
  return node.op === 'id' && node.args === 'labels';
}

/** Null for what is no text between quotation marks. */
function textOf(node: ASTNode): string | null {
  return node.op === 'value' && typeof node.args === 'string' ? node.args : null;
}

/** What CEL allows and Nightjar does not, each as a sentence. */
export function syntaxProblems(root: ASTNode): string[] {
  return [...nodesOf(root)].flatMap((node) => [
    ...functionProblems(node),
    ...orderProblems(node),
    ...valueProblems(node),
  ]);
}

function functionProblems({ op, args }: ASTNode): string[] {
  if (op === 'map') return ['maps ({…}) are not offered.'];
  if ((op !== 'call' && op !== 'rcall') || FUNCTIONS.has(args[0])) return [];
  return [`there is no function ${args[0]}(). ${FUNCTION_LIST}`];
}

/** As texts, "10.0.9" is more than "10.0.20348": whoever writes `<` means numbers. */
function orderProblems({ op, args }: ASTNode): string[] {
  if (!ORDERS.has(op) || !childrenOf(args).some(isText)) return [];
  return [
    `texts can't be compared by ${op}: use osBuild.atLeast("10.0.20348") for versions, int(labels.name) for numbers.`,
  ];
}

function isText(node: ASTNode): boolean {
  if (node.op === 'id') return isAttribute(node.args) && ATTRIBUTES[node.args].type === 'string';
  return textOf(node) !== null || labelOf(node) !== null;
}

/** `os == "Windows"` would never be true: said when it is written, not when all machines refuse the work. */
function valueProblems({ op, args }: ASTNode): string[] {
  if (!COMPARISONS.has(op)) return [];
  const sides = childrenOf(args);
  return sides.flatMap((side) => {
    if (side.op !== 'id' || !isAttribute(side.args)) return [];
    const [name, { values }] = [side.args, ATTRIBUTES[side.args]];
    if (!values) return [];
    const literals = sides.flatMap((other) => (other.op === 'list' ? other.args : [other])).map(textOf);
    const wrong = literals.filter((text) => text !== null && !values.includes(text));
    return wrong.map((text) => `${name} is never "${text}": it is one of ${values.join(', ')}.`);
  });
}
