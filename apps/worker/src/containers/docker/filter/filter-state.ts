/** A rule as the filter has it. */
export interface FoundRule {
  /** Behind `-A <chain>`; good for `-D` too. */
  readonly text: string;
  /** Undefined: none of ours. */
  readonly tag: string | undefined;
  /** Of links: a hash of whose it is. */
  readonly worker: string | undefined;
}

/** The filter table: rules by chain. */
export type FoundFilter = ReadonlyMap<string, readonly FoundRule[]>;

const CHAIN = /^:(\S+) /;
const APPENDED = /^-A (\S+) (.*)$/;
const TAG = /--comment "?(nj-[0-9a-f]+(?:-([0-9a-f]+))?)"?(?: |$)/;

/** Reads what `iptables-save -t filter` prints. */
export function readFilter(saved: string): FoundFilter {
  const chains = new Map<string, FoundRule[]>();
  for (const line of saved.split('\n')) {
    const chain = CHAIN.exec(line);
    if (chain) chains.set(chain[1] ?? '', []);
    const rule = APPENDED.exec(line);
    if (!rule) continue;
    const [, name = '', text = ''] = rule;
    const tag = TAG.exec(text);
    chains.get(name)?.push({ text, tag: tag?.[1], worker: tag?.[2] });
  }
  return chains;
}
