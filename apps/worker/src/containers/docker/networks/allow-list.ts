import type { AllowedTarget } from '#shared/domain/container-settings.js';
import type { AdmittedTarget } from '../filter/bridge-filter.js';
import type { Lookup } from './lookup.js';

/** A name that an allow list has, with one of its addresses: a line of a container's hosts file. */
export interface HostLine {
  readonly name: string;
  readonly address: string;
}

/** An allow list in addresses, as names stood when it was looked up. */
export interface ResolvedList {
  readonly targets: readonly AdmittedTarget[];
  readonly hosts: readonly HostLine[];
  /** Names that have no address now. */
  readonly unknown: readonly string[];
}

/**
 * Looks the names of an allow list up. Where a name can't be looked up now, what was known of it before goes on.
 * @param before the last one of the same list
 */
export async function resolveList(
  allow: readonly AllowedTarget[],
  lookup: Lookup,
  before?: ResolvedList,
): Promise<ResolvedList> {
  const names = [...new Set(allow.filter((target) => !isRange(target.host)).map(({ host }) => host))];
  const found = await Promise.all(names.map((name) => addressesOf(name, lookup, before)));
  const addresses = new Map(names.map((name, index) => [name, found[index] ?? []]));
  return {
    targets: allow.flatMap(({ host, firstPort, lastPort }) =>
      (isRange(host) ? [host] : (addresses.get(host) ?? []).map((address) => `${address}/32`)).map(
        (range) => ({
          range,
          firstPort,
          lastPort,
        }),
      ),
    ),
    hosts: names.flatMap((name) => (addresses.get(name) ?? []).map((address) => ({ name, address }))),
    unknown: names.filter((name) => addresses.get(name)?.length === 0),
  };
}

/** An address that a name has just lost stays open a while: connections are made to what was looked up a moment ago. */
export function withTargetsOf(list: ResolvedList, before: ResolvedList): readonly AdmittedTarget[] {
  const known = new Set(list.targets.map(textOf));
  return [...list.targets, ...before.targets.filter((target) => !known.has(textOf(target)))];
}

/** Of the two forms that a target's host may have, the one with a slash is a range of addresses. */
function isRange(host: string): boolean {
  return host.includes('/');
}

async function addressesOf(
  name: string,
  lookup: Lookup,
  before: ResolvedList | undefined,
): Promise<readonly string[]> {
  try {
    return await lookup(name);
  } catch {
    return before?.hosts.filter((host) => host.name === name).map(({ address }) => address) ?? [];
  }
}

function textOf({ range, firstPort, lastPort }: AdmittedTarget): string {
  return `${range}:${firstPort}-${lastPort}`;
}
