import { Injectable } from '@nestjs/common';
import type { BatchDefinition } from '#shared/domain/batch-definition.js';
import { InvalidInputError } from '#shared/domain/errors.js';
import { canonicalJson } from '#shared/domain/json.js';
import { businessDateAt, compileCalendar, plainCalendar } from '#shared/domain/scheduling/calendar.js';
import type { Calendar } from '#shared/domain/scheduling/calendar.js';
import type { LocalDate } from '#shared/domain/scheduling/local-date.js';
import { nextPlanned } from '#shared/domain/scheduling/occurrences.js';
import { compilePlan, planDateAt } from '#shared/domain/scheduling/schedule-plan.js';
import { windowAt } from '#shared/domain/scheduling/window.js';
import { CalendarStore } from '#shared/store/calendar-store.js';
import { Store } from '#shared/store/store.js';

/** What a batch's schedule, window and calendar say together. */
@Injectable()
export class PlannedTimes {
  constructor(
    private readonly calendars: CalendarStore,
    private readonly store: Store,
  ) {}

  /**
   * Throws `InvalidInputError` when a batch would never come: each field may be right by itself.
   * @param standing what holds now. Times that stay as they are are not looked at again: a TimeSpan counts from when it was first
   *   written, and the same request must be right whenever it is sent.
   */
  async mustCome(definition: BatchDefinition, standing: BatchDefinition | undefined): Promise<void> {
    if (standing && timesOf(standing) === timesOf(definition)) return;
    const calendar = await this.calendarOf(definition);
    // One that is not there is refused when the definition is written.
    if (definition.calendar !== undefined && !calendar) return;
    const now = await this.store.now();
    const plan = compilePlan({ ...definition, calendar }, now);
    if (plan && nextPlanned(plan, now) === null) throw neverComes(definition);
  }

  /**
   * The business day of a run that begins now: that on which its window began, where one is open. So what is run by hand reads the
   * same day as what would have run by itself.
   */
  async businessDateOf(definition: BatchDefinition): Promise<LocalDate> {
    const calendar = await this.calendarOf(definition);
    const now = await this.store.now();
    const plan = compilePlan({ ...definition, calendar }, now);
    if (!plan) return businessDateAt(calendar ?? plainCalendar(definition.timeZone ?? 'UTC'), now);
    return planDateAt(plan, (plan.window && windowAt(plan.window, now)?.startsAt) ?? now);
  }

  private async calendarOf({ calendar }: BatchDefinition): Promise<Calendar | undefined> {
    const standing = calendar === undefined ? null : await this.calendars.find(calendar);
    return standing ? compileCalendar(standing.calendar) : undefined;
  }
}

function timesOf({ schedule, window, timeZone, calendar, on }: BatchDefinition): string {
  return canonicalJson({ schedule, window, timeZone, calendar, on });
}

function neverComes({ app, name, schedule, window, calendar, on }: BatchDefinition): InvalidInputError {
  const parts = [
    ...(schedule === undefined ? [] : [`schedule "${schedule}"`]),
    ...(window === undefined ? [] : [`window "${window.start}" to "${window.end}"`]),
    ...(calendar === undefined ? [] : [`calendar "${calendar}" (${on ?? 'businessDays'})`]),
  ];
  return new InvalidInputError(`The batch definition ${app}/${name} is not right.`, [
    `${parts.join(' and ')}: they have no moment in common, so the batch would never come; change one of them.`,
  ]);
}
