import {
  CHAIN_PREFIX,
  linkTag,
  ruleTag,
  shortHash,
  tagged,
  type DesiredFilter,
  type OwnChain,
  type Rule,
  type SharedChain,
} from './filter-chains.js';
import type { FoundFilter, FoundRule } from './filter-state.js';

/**
 * The lines for `iptables-restore --noflush` that make the filter what a worker wants; none when it is so already.
 * Nothing but our chains, and the rules that lead to them, is touched.
 */
export function repairs(desired: DesiredFilter, found: FoundFilter): readonly string[] {
  return [
    ...desired.own.flatMap((chain) => ownChainRepairs(chain, found)),
    ...desired.shared.flatMap((chain) => [
      ...sharedChainRepairs(chain, desired.workerId, found),
      ...hookRepairs(chain, found),
    ]),
  ];
}

/**
 * The lines that take a worker's part out of the filter, and the shared chains too when no other worker has a link in them.
 * Shared chains are taken apart rule by rule, not emptied: a link that another worker puts in meanwhile then keeps the chain, and
 * the whole change fails and is thought over again.
 * @param desired what it wanted last
 */
export function removals(desired: DesiredFilter, found: FoundFilter): readonly string[] {
  const owner = shortHash(desired.workerId);
  const shared = desired.shared.filter(({ name }) => found.has(name));
  const isUsed = shared.some(({ name }) => found.get(name)?.some(({ worker }) => isOther(worker, owner)));
  const parts = shared.flatMap((chain) =>
    isUsed ? ownLinks(chain, owner, found).map(deletionOf(chain.name)) : wholeRemoval(chain, found),
  );
  const own = desired.own.filter(({ name }) => found.has(name));
  return [...parts, ...own.flatMap(({ name }) => [`-F ${name}`, `-X ${name}`])];
}

function wholeRemoval(chain: SharedChain, found: FoundFilter): string[] {
  const rules = found.get(chain.name) ?? [];
  return [
    ...hooksTo(chain, found).map(deletionOf(chain.parent)),
    ...rules.map(deletionOf(chain.name)),
    `-X ${chain.name}`,
  ];
}

function isOther(worker: string | undefined, owner: string): boolean {
  return worker !== undefined && worker !== owner;
}

function ownChainRepairs({ name, rules }: OwnChain, found: FoundFilter): string[] {
  const tags = rules.map(ruleTag);
  const present = found.get(name);
  if (present && sameTags(present, tags)) return [];
  return [emptied(name), ...rules.map((rule) => appended(name, tagged(rule, ruleTag(rule))))];
}

function sharedChainRepairs(chain: SharedChain, workerId: string, found: FoundFilter): string[] {
  const { name } = chain;
  const present = found.get(name);
  // Fails when another worker was quicker: the whole is looked at again then.
  if (!present) return [`-N ${name}`, ...wholeChain(chain, workerId, [])];
  const owner = shortHash(workerId);
  if (!isIntact(chain, present)) {
    return [
      emptied(name),
      ...wholeChain(
        chain,
        workerId,
        present.filter(({ worker }) => isOther(worker, owner)),
      ),
    ];
  }
  const wanted = chain.links.map((link) => ({ link, tag: linkTag(link, workerId) }));
  const stale = ownLinks(chain, owner, found).filter(({ tag }) => !wanted.some((one) => one.tag === tag));
  const missing = wanted.filter(({ tag }) => !present.some((rule) => rule.tag === tag));
  return [
    ...stale.map(deletionOf(name)),
    ...missing.map(({ link, tag }) => `-I ${name} ${chain.first.length + 1} ${tagged(link, tag)}`),
  ];
}

/** Everything that the chain is to hold, others' links as they were. */
function wholeChain(chain: SharedChain, workerId: string, others: readonly FoundRule[]): string[] {
  const plain = (rule: Rule): string => appended(chain.name, tagged(rule, ruleTag(rule)));
  return [
    ...chain.first.map(plain),
    ...others.map(({ text }) => appended(chain.name, text)),
    ...chain.links.map((link) => appended(chain.name, tagged(link, linkTag(link, workerId)))),
    ...chain.last.map(plain),
  ];
}

/** First and last rules as they should be, and nothing but links between them. */
function isIntact({ first, last }: SharedChain, present: readonly FoundRule[]): boolean {
  const middle = present.slice(first.length, present.length - last.length);
  return (
    present.length >= first.length + last.length &&
    sameTags(present.slice(0, first.length), first.map(ruleTag)) &&
    sameTags(present.slice(present.length - last.length), last.map(ruleTag)) &&
    middle.every(({ worker }) => worker !== undefined)
  );
}

/** Exactly one rule leads here, for the right bridge, and before it stand only such rules: nothing gets past. */
function hookRepairs(chain: SharedChain, found: FoundFilter): string[] {
  const { name, parent, interfaceName } = chain;
  const rule = `-i ${interfaceName} -j ${name}`;
  const hooks = hooksTo(chain, found);
  const present = found.get(parent) ?? [];
  const leading = present.findIndex(({ text }) => !text.includes(`-j ${CHAIN_PREFIX}`));
  const [hook] = hooks;
  const isFirst = hook !== undefined && (leading === -1 || present.indexOf(hook) < leading);
  if (hooks.length === 1 && hook?.tag === ruleTag(rule) && isFirst) return [];
  return [...hooks.map(deletionOf(parent)), `-I ${parent} 1 ${tagged(rule, ruleTag(rule))}`];
}

function hooksTo({ name, parent }: SharedChain, found: FoundFilter): FoundRule[] {
  return (found.get(parent) ?? []).filter(({ text }) => text.endsWith(`-j ${name}`));
}

function ownLinks({ name }: SharedChain, owner: string, found: FoundFilter): FoundRule[] {
  return (found.get(name) ?? []).filter(({ worker }) => worker === owner);
}

function sameTags(rules: readonly FoundRule[], tags: readonly string[]): boolean {
  return rules.length === tags.length && rules.every(({ tag }, index) => tag === tags[index]);
}

/** In a restore without flush this line makes the chain, or empties it. */
function emptied(chain: string): string {
  return `:${chain} - [0:0]`;
}

function appended(chain: string, rule: string): string {
  return `-A ${chain} ${rule}`;
}

function deletionOf(chain: string): (rule: FoundRule) => string {
  return ({ text }) => `-D ${chain} ${text}`;
}
