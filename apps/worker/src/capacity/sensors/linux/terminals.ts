import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isGone, listIfThere } from './files.js';

/** A terminal that somebody has typed at, or may have. */
export interface Terminal {
  /** As logind names it: `tty1`, `pts/0`. */
  readonly name: string;
  readonly userId: number;
  /** Reading what is typed touches it; the kernel does so in steps of 8 s. Milliseconds since 1970. */
  readonly accessedAtMs: number;
}

/** The kernel makes its consoles before any program runs; nobody has typed by then. */
const MADE_AT_BOOT_MS = 5000;

/**
 * The terminals that are in use: virtual consoles that were read from since the machine started, and pseudo terminals (ssh,
 * terminal windows), which are only there while somebody has them. Serial lines are left out: a device that reports by itself
 * would look like a person.
 */
export async function readTerminals(dev: string, bootedAtMs: number): Promise<readonly Terminal[]> {
  const [consoles, pseudo] = await Promise.all([
    named(dev, /^tty[1-9]\d*$/, ''),
    named(join(dev, 'pts'), /^\d+$/, 'pts/'),
  ]);
  const terminals = await Promise.all([...consoles, ...pseudo].map((name) => readTerminal(dev, name)));
  return terminals
    .filter((terminal) => terminal !== null)
    .filter(
      ({ name, accessedAtMs }) => name.startsWith('pts/') || accessedAtMs > bootedAtMs + MADE_AT_BOOT_MS,
    );
}

async function named(folder: string, pattern: RegExp, prefix: string): Promise<readonly string[]> {
  const names = await listIfThere(folder);
  return names.filter((name) => pattern.test(name)).map((name) => prefix + name);
}

async function readTerminal(dev: string, name: string): Promise<Terminal | null> {
  try {
    const { uid, atimeMs } = await stat(join(dev, name));
    return { name, userId: uid, accessedAtMs: atimeMs };
  } catch (error) {
    if (isGone(error)) return null;
    throw error;
  }
}
