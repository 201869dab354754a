import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** Thrown when the packet filter can't be read or set: there is none, or this account may not. */
export class PacketFilterError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'PacketFilterError';
  }
}

/** Services often have a search path without them. */
const FOLDERS = ['', '/usr/sbin/', '/sbin/'];
const TIMEOUT_SECONDS = 30;
/** How long another program may hold the lock. */
const LOCK_SECONDS = 20;
const LONGEST_COMPLAINT = 500;

/** The filter table of this machine, through `iptables` or `ip6tables`: nft-backed or legacy, as it is installed. */
export class Iptables {
  constructor(private readonly command: 'iptables' | 'ip6tables') {}

  /** What is there. Throws `PacketFilterError`. */
  save(): Promise<string> {
    return this.run(`${this.command}-save`, ['-t', 'filter'], '');
  }

  /** Changes it by these lines, all of them or none. Throws `PacketFilterError`. */
  async restore(lines: readonly string[]): Promise<void> {
    const script = ['*filter', ...lines, 'COMMIT', ''].join('\n');
    await this.run(`${this.command}-restore`, ['--noflush', '-w', String(LOCK_SECONDS)], script);
  }

  private async run(program: string, args: readonly string[], input: string): Promise<string> {
    for (const folder of FOLDERS) {
      const output = await runOnce(folder + program, args, input);
      if (output !== undefined) return output;
    }
    throw new PacketFilterError(`There is no ${program} on this machine: install iptables.`);
  }
}

/** Undefined when there is no such program. */
async function runOnce(program: string, args: readonly string[], input: string): Promise<string | undefined> {
  const child = spawn(program, args, { timeout: TIMEOUT_SECONDS * 1000, killSignal: 'SIGKILL' });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (text: Buffer) => (output.stdout += text.toString()));
  child.stderr.on('data', (text: Buffer) => (output.stderr += text.toString()));
  // A program that ends before it has read everything is told of by its exit code.
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  try {
    const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
    if (code === 0) return output.stdout;
    const complaint = output.stderr.trim().slice(0, LONGEST_COMPLAINT) || `it ended with ${signal ?? code}`;
    throw new PacketFilterError(`${program} failed: ${complaint}`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    if (error instanceof PacketFilterError) throw error;
    throw new PacketFilterError(`${program} could not be run: ${(error as Error).message}`, { cause: error });
  }
}
