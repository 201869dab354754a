import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { isGone } from './files.js';

/** Room for some hundred events; a device that sends more at once is read again a second later. */
const READ_BYTES = 16_384;

interface Watched {
  readonly handle: FileHandle;
  lastEventAtMs: number;
}

/** When devices last sent something, and which ones can't be listened to. */
export interface DeviceInput {
  /** Seconds; null when no device could be listened to. */
  readonly ageSeconds: number | null;
  readonly unreadable: readonly string[];
}

/**
 * Notices that a keyboard, mouse or touch screen is used, by listening to /dev/input beside whoever else does: the kernel does
 * not touch these files' access times. What was pressed is thrown away unseen. A device says nothing of the time before it was
 * first listened to: that counts as input then.
 */
export class InputWatch {
  readonly #watched = new Map<string, Watched>();
  readonly #scrap = Buffer.alloc(READ_BYTES);

  /** @param nowMs a clock that never jumps, milliseconds */
  constructor(
    private readonly dev: string,
    private readonly nowMs: () => number = () => performance.now(),
  ) {}

  /** Looks at the given devices and forgets all others. */
  async look(devices: readonly string[]): Promise<DeviceInput> {
    for (const name of this.#watched.keys()) if (!devices.includes(name)) await this.#forget(name);
    const unreadable: string[] = [];
    for (const name of devices) if (!(await this.#listen(name))) unreadable.push(name);
    const newest = Math.max(...[...this.#watched.values()].map(({ lastEventAtMs }) => lastEventAtMs));
    return { ageSeconds: this.#watched.size > 0 ? (this.nowMs() - newest) / 1000 : null, unreadable };
  }

  async close(): Promise<void> {
    for (const name of [...this.#watched.keys()]) await this.#forget(name);
  }

  /** Whether the device can be listened to. */
  async #listen(name: string): Promise<boolean> {
    try {
      const watched = this.#watched.get(name) ?? (await this.#open(name));
      if (await this.#hasSent(watched.handle)) watched.lastEventAtMs = this.nowMs();
      return true;
    } catch (error) {
      await this.#forget(name);
      // Pulled out just now: as good as not listed.
      return isGone(error);
    }
  }

  async #open(name: string): Promise<Watched> {
    const path = join(this.dev, 'input', name);
    const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const watched = { handle, lastEventAtMs: this.nowMs() };
    this.#watched.set(name, watched);
    return watched;
  }

  async #hasSent(handle: FileHandle): Promise<boolean> {
    try {
      const { bytesRead } = await handle.read(this.#scrap, 0, READ_BYTES, null);
      this.#scrap.fill(0, 0, bytesRead);
      return bytesRead > 0;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return false;
      throw error;
    }
  }

  async #forget(name: string): Promise<void> {
    const watched = this.#watched.get(name);
    this.#watched.delete(name);
    await watched?.handle.close().catch(() => undefined);
  }
}
