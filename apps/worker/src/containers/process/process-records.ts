import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const recordSchema = z.object({
  containerId: z.string().min(1),
  pid: z.number().int().min(2),
  /** As `processIdentity` gave it. */
  identity: z.string().min(1),
});

/** A process that was started and has not been seen to end. */
export type ProcessRecord = z.infer<typeof recordSchema>;

/** Remembers on disk which processes this worker has started: a worker that is killed can't clean up, its next life can. */
export class ProcessRecords {
  constructor(private readonly folder: string) {}

  async add(record: ProcessRecord): Promise<void> {
    await mkdir(this.folder, { recursive: true });
    const path = this.pathOf(record.containerId);
    // Whole or not at all, also when we are killed in the middle.
    await writeFile(`${path}.new`, JSON.stringify(record));
    await rename(`${path}.new`, path);
  }

  async remove(containerId: string): Promise<void> {
    await rm(this.pathOf(containerId), { force: true });
  }

  /** What can not be read as a record is removed: nothing can be done with it. */
  async all(): Promise<ProcessRecord[]> {
    await mkdir(this.folder, { recursive: true });
    const records = await Promise.all((await readdir(this.folder)).map((name) => this.read(name)));
    return records.filter((record) => record !== undefined);
  }

  private async read(name: string): Promise<ProcessRecord | undefined> {
    const path = join(this.folder, name);
    try {
      return recordSchema.parse(JSON.parse(await readFile(path, 'utf8')));
    } catch {
      await rm(path, { force: true });
      return undefined;
    }
  }

  private pathOf(containerId: string): string {
    return join(this.folder, `${encodeURIComponent(containerId)}.json`);
  }
}
