import { Injectable } from '@nestjs/common';
import type { BatchCalendar, BatchDefinition } from '#shared/domain/batch-definition.js';
import type { AppVersion } from '#shared/domain/function-app.js';
import { NightjarError, UnavailableError } from '#shared/domain/errors.js';
import { CalendarStore } from '#shared/store/calendar-store.js';
import { ActiveVersions } from '../definitions/active-versions.js';

/** What many definitions share, read once for a page of them. */
export interface SharedFacts {
  calendarOf(definition: BatchDefinition): Promise<BatchCalendar | null>;
  /** The app's active version, or why there is none. */
  versionOf(appName: string): Promise<AppVersion | NightjarError>;
}

/** Calendars and active versions as they hold now. */
@Injectable()
export class ScheduleFactsReader {
  constructor(
    private readonly calendars: CalendarStore,
    private readonly versions: ActiveVersions,
  ) {}

  /** Remembers what it has read: for one round, not longer. */
  forRound(): SharedFacts {
    const calendars = new Map<string, Promise<BatchCalendar | null>>();
    const versions = new Map<string, Promise<AppVersion | NightjarError>>();
    return {
      calendarOf: ({ calendar }) =>
        calendar === undefined
          ? Promise.resolve(null)
          : once(calendars, calendar, async () => (await this.calendars.find(calendar))?.calendar ?? null),
      versionOf: (appName) => once(versions, appName, () => this.activeVersion(appName)),
    };
  }

  private async activeVersion(appName: string): Promise<AppVersion | NightjarError> {
    try {
      return await this.versions.of(appName);
    } catch (error) {
      if (error instanceof NightjarError && !(error instanceof UnavailableError)) return error;
      throw error;
    }
  }
}

function once<Value>(known: Map<string, Promise<Value>>, key: string, read: () => Promise<Value>) {
  const standing = known.get(key) ?? read();
  known.set(key, standing);
  return standing;
}
