import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable, Logger } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { UnavailableError } from '#shared/domain/errors.js';
import { BlobStore } from '#shared/store/blob-store.js';
import { type KeptBatch, RetentionStore } from '#shared/store/retention-store.js';
import { SETTINGS, type Settings } from '../../config.js';
import { WakeableLoop } from '../../dispatch/wakeable-loop.js';
import { keptRuns } from './kept-runs.js';

export type RetentionSettings = Pick<
  Settings,
  'keptRunDays' | 'keptRuns' | 'unusedFileDays' | 'retentionIntervalSeconds' | 'retentionDryRun'
>;

const DAY_SECONDS = 86_400;
/** Of a transaction: it holds others up for some milliseconds, and stays below where SQL Server locks the whole table (5,000). */
const ROWS_AT_ONCE = 1000;
/** Between two such: workers' records and other removals come first. */
const PAUSE_MS = 20;
const PAGE = 100;
/** SQL may have been away when this process started. */
const FIRST_LOOK_MS = 10_000;

/**
 * Removes ended runs that are kept no longer, and files that nothing refers to. First a run is marked, and so gone for everybody at
 * once; then its rows go in small pieces. A kill in between leaves a marked run, with which the next round goes on, here or in
 * another instance; so it is with files. Several instances may do all of it at once: a row that is gone is gone.
 */
@Injectable()
export class Retention implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(Retention.name);
  private readonly loop = new WakeableLoop(
    () => this.round(),
    (error) => this.failed(error),
  );
  private hasLooked = false;

  constructor(
    @Inject(SETTINGS) private readonly settings: RetentionSettings,
    private readonly store: RetentionStore,
    private readonly blobs: BlobStore,
  ) {}

  onApplicationBootstrap(): void {
    this.loop.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.loop.stop();
  }

  /** Removes, or with `retentionDryRun` only tells, all that is due now. */
  async removeDue(): Promise<void> {
    if (!this.settings.retentionDryRun) await this.finishRemovals();
    for (let after: string | undefined; !this.loop.isStopping;) {
      const page = await this.store.listBatches(PAGE, after);
      for (const batch of page) await this.removeRunsOf(batch);
      after = page.at(-1)?.id;
      if (page.length < PAGE) break;
    }
    await this.removeFiles();
  }

  private async round(): Promise<number> {
    if (!this.hasLooked) {
      this.hasLooked = true;
      return FIRST_LOOK_MS;
    }
    await this.removeDue();
    return this.settings.retentionIntervalSeconds * 1000;
  }

  /** What this or another instance left in the middle. */
  private async finishRemovals(): Promise<void> {
    for (;;) {
      const runIds = await this.store.listRemovals(PAGE);
      for (const runId of runIds) await this.removeRows(runId);
      if (runIds.length < PAGE || this.loop.isStopping) return;
    }
  }

  private async removeRunsOf(batch: KeptBatch): Promise<void> {
    const retention = keptRuns(batch.retention, this.settings);
    if (retention === null) return;
    for (;;) {
      const runIds = await this.store.listOverdue(batch.id, retention, PAGE);
      for (const runId of runIds) await this.removeRun(batch, runId);
      // In a dry run the same ones would come again.
      if (runIds.length < PAGE || this.settings.retentionDryRun || this.loop.isStopping) return;
    }
  }

  private async removeRun(batch: KeptBatch, runId: string): Promise<void> {
    if (this.loop.isStopping) return;
    const note = { runId, batch: batch.name };
    if (this.settings.retentionDryRun) {
      this.logger.log(note, 'Would remove a batch run: it is kept no longer.');
      return;
    }
    if (!(await this.store.beginRemoval(runId))) return;
    this.logger.log(note, 'Removing a batch run: it is kept no longer.');
    await this.removeRows(runId);
  }

  private async removeRows(runId: string): Promise<void> {
    while (!this.loop.isStopping) {
      if (await this.store.removeSome(runId, ROWS_AT_ONCE)) return;
      await sleep(PAUSE_MS);
    }
  }

  private async removeFiles(): Promise<void> {
    const unusedSeconds = this.settings.unusedFileDays * DAY_SECONDS;
    if (this.settings.retentionDryRun) {
      for (const digest of await this.store.listUnusedFiles(unusedSeconds, PAGE))
        this.logger.log({ digest }, 'Would remove an input file: nothing refers to it.');
      return;
    }
    for (;;) {
      const digests = await this.store.claimUnusedFiles(unusedSeconds, PAGE);
      for (const digest of digests) await this.removeFile(digest, unusedSeconds);
      if (digests.length < PAGE || this.loop.isStopping) return;
    }
  }

  /** The file first: a kill after it leaves a note, by which it is looked for again. */
  private async removeFile(digest: string, unusedSeconds: number): Promise<void> {
    // Somebody has stored the same content in the meantime, and is about to use it.
    if (!(await this.blobs.removeUnused(digest, unusedSeconds))) return;
    await this.store.forgetFile(digest);
    this.logger.log({ digest }, 'Removed an input file: nothing refers to it.');
  }

  private failed(error: unknown): number {
    const isOutage = error instanceof UnavailableError;
    if (isOutage) this.logger.warn({ err: error }, 'Old batch runs could not be removed; it is tried again.');
    else this.logger.error({ err: error }, 'Old batch runs could not be removed; it is tried again.');
    return this.settings.retentionIntervalSeconds * 1000;
  }
}
