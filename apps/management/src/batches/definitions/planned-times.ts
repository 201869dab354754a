import { Injectable } from '@nestjs/common';
import type { BatchDefinition } from '#shared/domain/batch-definition.js';
import { InvalidInputError } from '#shared/domain/errors.js';
import { canonicalJson } from '#shared/domain/json.js';
import { compileCalendar } from '#shared/domain/scheduling/calendar.js';
import { nextPlanned } from '#shared/domain/scheduling/occurrences.js';
import { compilePlan } from '#shared/domain/scheduling/schedule-plan.js';
import { CalendarStore } from '#shared/store/calendar-store.js';
import { Store } from '#shared/store/store.js';

/** Whether a batch's schedule, window and calendar have a moment in common. */
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
    const calendar =
      definition.calendar === undefined ? null : await this.calendars.find(definition.calendar);
    // One that is not there is refused when the definition is written.
    if (definition.calendar !== undefined && !calendar) return;
    const now = await this.store.now();
    const rule = { ...definition, calendar: calendar ? compileCalendar(calendar.calendar) : undefined };
    const plan = compilePlan(rule, now);
    if (plan && nextPlanned(plan, now) === null) throw neverComes(definition);
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
