import { Injectable } from '@nestjs/common';
import type { BatchDefinition } from '#shared/domain/batch-definition.js';
import { type DayRun, RunScheduleStore } from '#shared/store/run-schedule-store.js';
import { type DependencyVerdict, judgeDependencies, upstreamOf } from './dependency-decision.js';

/** Runs by app, batch and business day, as they were read in a round. */
export type DayRuns = Map<string, Promise<readonly DayRun[]>>;

/** Looks at what runs wait for. */
@Injectable()
export class UpstreamRuns {
  constructor(private readonly runs: RunScheduleStore) {}

  /** @param known what this round has read already: of a thousand that wait for one batch, one reads */
  async judge(
    { app: ownApp, dependsOn = [] }: BatchDefinition,
    businessDate: string | null,
    known: DayRuns,
  ): Promise<DependencyVerdict> {
    if (dependsOn.length === 0 || businessDate === null) return { kind: 'met' };
    const upstreams = await Promise.all(
      dependsOn.map(async (dependency) => {
        const app = dependency.app ?? ownApp;
        const key = JSON.stringify([app, dependency.batch, businessDate]);
        const reading = known.get(key) ?? this.runs.runsOfDay(app, dependency.batch, businessDate);
        known.set(key, reading);
        return upstreamOf(dependency, ownApp, await reading);
      }),
    );
    return judgeDependencies(upstreams, businessDate);
  }
}
