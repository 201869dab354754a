import { expressionProblems } from '#shared/contracts/matching/matching.js';
import type { Placement } from '#shared/domain/placement.js';

/**
 * Where a package may be looked into: on a machine that some function of its app may run on. A function without requirements runs
 * anywhere, and so may the look. Which functions are in the package nobody knows yet: those of the active version are taken, or,
 * before there is one, those that were given a placement.
 */
export function indexPlacement(placements: readonly (Placement | undefined)[]): Placement | undefined {
  const all = placements.map((placement) => placement?.requirements);
  const wanted = [...new Set(all.filter((one) => one !== undefined))];
  if (wanted.length === 0 || all.includes(undefined)) return undefined;
  const [only = ''] = wanted;
  const any = wanted.length === 1 ? only : wanted.map((one) => `(${one})`).join(' || ');
  // Too much for one expression: the machines of one function are machines of the app too.
  return { requirements: expressionProblems('requirements', any).length === 0 ? any : only };
}
