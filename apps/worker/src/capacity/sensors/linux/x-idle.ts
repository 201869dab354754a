import { access, constants } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunProgram } from '../run-program.js';
import { listIfThere, readIfThere } from './files.js';

/**
 * Asks X displays how long they have been idle, where `xprintidle` is installed. A display lets in only who shows its key: the
 * file is named on the server's command line, and readable for the superuser.
 */
export class XIdle {
  readonly #keyFiles = new Map<string, string>();

  constructor(
    private readonly proc: string,
    private readonly program: string,
    private readonly runProgram: RunProgram,
  ) {}

  /** Seconds since the last input on a display; null when it can't be asked. Never throws. */
  async ageSeconds(display: string): Promise<number | null> {
    if (!(await isExecutable(this.program))) return null;
    const keyFile = this.#keyFiles.get(display) ?? (await keyFileOf(this.proc, display).catch(() => null));
    if (keyFile === null) return null;
    this.#keyFiles.set(display, keyFile);
    try {
      return parseXIdle(await this.runProgram(this.program, [], { DISPLAY: display, XAUTHORITY: keyFile }));
    } catch {
      // The server may be another one by now.
      this.#keyFiles.delete(display);
      return null;
    }
  }
}

/** `xprintidle` prints milliseconds, and nothing else. */
export function parseXIdle(text: string): number | null {
  const milliseconds = /^(\d+)\s*$/.exec(text)?.[1];
  return milliseconds === undefined ? null : Number(milliseconds) / 1000;
}

/** The key file of an X server's command line (`/usr/lib/xorg/Xorg :0 -auth /run/user/120/gdm/Xauthority`), if it is for a display. */
export function keyFileIn(commandLine: string, display: string): string | null {
  const [program = '', ...args] = commandLine.split('\0');
  if (!/(^|\/)X[A-Za-z]*$/.test(program) || !args.includes(display)) return null;
  const path = args[args.indexOf('-auth') + 1];
  return args.includes('-auth') && path?.startsWith('/') === true ? path : null;
}

async function keyFileOf(proc: string, display: string): Promise<string | null> {
  const pids = (await listIfThere(proc)).filter((name) => /^\d+$/.test(name));
  for (const pid of pids) {
    const commandLine = await readIfThere(join(proc, pid, 'cmdline')).catch(() => null);
    const found = commandLine === null ? null : keyFileIn(commandLine, display);
    if (found !== null) return found;
  }
  return null;
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
