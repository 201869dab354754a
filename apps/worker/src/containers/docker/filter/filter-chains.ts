import { createHash } from 'node:crypto';

/** What a packet must be like and what becomes of it, as iptables takes it behind `-A <chain>`. */
export type Rule = string;

/**
 * A chain that all workers of the machine share which use one bridge. Between its first and its last rules stand the links that
 * each worker puts in and takes out for itself: by one atomic command each, so that workers do not get into each other's way.
 */
export interface SharedChain {
  readonly name: string;
  /** The built-in or foreign chain that sends the bridge's packets here, before any other rule of it. */
  readonly parent: string;
  readonly interfaceName: string;
  readonly first: readonly Rule[];
  readonly links: readonly Rule[];
  readonly last: readonly Rule[];
}

/** A chain that is one worker's alone: replaced whole when it has to change. */
export interface OwnChain {
  readonly name: string;
  readonly rules: readonly Rule[];
}

/** What one worker wants the packet filter to be. */
export interface DesiredFilter {
  readonly workerId: string;
  readonly shared: readonly SharedChain[];
  readonly own: readonly OwnChain[];
}

/** Begins the name of every chain of ours: iptables allows 28 characters. */
export const CHAIN_PREFIX = 'NIGHTJAR-';

const HASH_LENGTH = 10;

export function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, HASH_LENGTH);
}

/** How a rule is known again: iptables prints rules in words of its own, but a comment as it was. */
export function ruleTag(rule: Rule): string {
  return `nj-${shortHash(rule)}`;
}

/** The same for a link, with whose it is. */
export function linkTag(rule: Rule, workerId: string): string {
  return `${ruleTag(rule)}-${shortHash(workerId)}`;
}

export function tagged(rule: Rule, tag: string): string {
  return `-m comment --comment ${tag} ${rule}`;
}
