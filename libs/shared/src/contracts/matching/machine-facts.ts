import type { MachineLabels } from '../../domain/fleet.js';
import type { Machine } from '../../domain/machine.js';

/** What requirements and ranks may ask of a machine. Null: it does not report it, and nothing that asks for it is met. */
export interface MachineFacts {
  readonly name: string;
  readonly pool: string;
  readonly os: Machine['os'];
  readonly osBuild: string | null;
  readonly runtime: Machine['runtime'];
  readonly isolation: string | null;
  readonly engineVersion: string | null;
  readonly cores: number;
  readonly memoryBytes: number;
  /** Null: the worker has not heard yet which labels its machine has. */
  readonly labels: MachineLabels | null;
  /** The capacity profile in force, without `desktop-hours`. */
  readonly profile: string | null;
}

type Described = Pick<Machine, 'name' | 'pool' | 'os' | 'runtime' | 'cores' | 'memoryBytes'> &
  Partial<Pick<Machine, 'attributes'>>;

/** A machine's facts: the same at management as at its worker. */
export function factsOf(
  { name, pool, os, runtime, cores, memoryBytes, attributes }: Described,
  { labels, profile }: Pick<MachineFacts, 'labels' | 'profile'>,
): MachineFacts {
  const osBuild = attributes?.osBuild ?? null;
  const isolation = attributes?.isolation ?? null;
  const engineVersion = attributes?.engineVersion ?? null;
  return { name, pool, os, osBuild, runtime, isolation, engineVersion, cores, memoryBytes, labels, profile };
}

interface Attribute {
  readonly type: 'string' | 'int' | 'map<string, string>';
  readonly about: string;
  /** All values that there are: a comparison with another one is a mistake in writing. */
  readonly values?: readonly string[];
}

/** The attributes by the name that they have in expressions. */
export const ATTRIBUTES: Readonly<Record<keyof MachineFacts, Attribute>> = {
  os: { type: 'string', about: "the machine's operating system", values: ['linux', 'windows', 'darwin'] },
  osBuild: {
    type: 'string',
    about: 'its version, such as "10.0.20348"; compare it with osBuild.atLeast("…")',
  },
  runtime: { type: 'string', about: 'what functions run in', values: ['docker', 'process'] },
  isolation: {
    type: 'string',
    about: 'how the engine separates containers',
    values: ['process', 'hyperv', 'none'],
  },
  engineVersion: { type: 'string', about: 'of the container engine' },
  cores: { type: 'int', about: 'how many processors it has' },
  memoryBytes: { type: 'int', about: 'its memory, in bytes; write 16 * GiB for 16 GiB' },
  labels: { type: 'map<string, string>', about: 'what administrators call it, by name' },
  pool: { type: 'string', about: 'the pool that it is in' },
  profile: {
    type: 'string',
    about: 'the capacity profile in force',
    values: ['dedicated', 'desktop-suspend', 'desktop-vacate', 'background'],
  },
  name: { type: 'string', about: "the machine's name" },
};

export function isAttribute(name: string): name is keyof MachineFacts {
  return Object.hasOwn(ATTRIBUTES, name);
}

/** For errors: the list of attributes. */
export const ATTRIBUTE_LIST = `The attributes are ${Object.keys(ATTRIBUTES).join(', ')}.`;
