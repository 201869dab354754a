import { Body, Controller, Delete, Get, HttpCode, Param, Put, Req, Res } from '@nestjs/common';
import {
  ApiBadRequestResponse,
  ApiConflictResponse,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiOperation,
  ApiPreconditionFailedResponse,
  ApiTags,
} from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { calendarSchema, parseCalendar } from '#shared/contracts/batch-definition/calendar-schema.js';
import { ConflictError, NotFoundError } from '#shared/domain/errors.js';
import { CalendarStore } from '#shared/store/calendar-store.js';
import { callerOf } from '../../access/presented-key.js';
import { inputPipe } from '../../http/input-pipe.js';
import { asItIs } from './as-it-is.js';
import { preconditionFailed } from './batch-definitions.controller.js';
import {
  calendarHistoryView,
  calendarListView,
  calendarView,
  toCalendarHistory,
  toCalendarView,
} from './calendar-views.js';
import type { CalendarHistoryView, CalendarListView, CalendarView } from './calendar-views.js';
import { calendarPathSchema } from './definition-requests.js';
import type { CalendarPath } from './definition-requests.js';
import { versionCondition, versionTag } from './version-condition.js';

/** Calendars, by which batches choose their days. */
@ApiTags('calendars')
@Controller('api/v1/calendars')
export class CalendarsController {
  constructor(private readonly calendars: CalendarStore) {}

  @Get()
  @ApiOperation({ summary: 'All calendars that hold now, by name.' })
  @ApiOkResponse({ standardSchema: calendarListView })
  async list(): Promise<CalendarListView> {
    return { calendars: (await this.calendars.list()).map(toCalendarView) };
  }

  @Get(':name')
  @ApiOperation({ summary: 'One calendar; its version is the ETag.' })
  @ApiOkResponse({ standardSchema: calendarView })
  @ApiNotFoundResponse({ description: 'There is no such calendar.' })
  async show(
    @Param({ schema: calendarPathSchema, pipes: [inputPipe] }) { name }: CalendarPath,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<CalendarView> {
    const calendar = await this.calendars.find(name);
    if (!calendar) throw new NotFoundError('calendar', name);
    void reply.header('etag', versionTag(calendar.version));
    return toCalendarView(calendar);
  }

  @Put(':name')
  @ApiOperation({
    summary: 'Makes a calendar, or replaces it: all of it, so send the days that stay too.',
    description: 'Batches that use it go by it from now on. What holds already makes no new version.',
  })
  @ApiCreatedResponse({ standardSchema: calendarView, description: 'It is new.' })
  @ApiOkResponse({ standardSchema: calendarView, description: 'A new version, or the same as before.' })
  @ApiBadRequestResponse({ description: 'It is not right: each detail names a field and its limit.' })
  @ApiPreconditionFailedResponse({ description: 'Somebody else changed it first.' })
  async put(
    @Param({ schema: calendarPathSchema, pipes: [inputPipe] }) { name }: CalendarPath,
    @Body({ schema: calendarSchema, pipes: [asItIs] }) body: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<CalendarView> {
    const calendar = parseCalendar(body);
    const condition = versionCondition(request.headers);
    const expectedVersion = condition === 'any' ? await this.versionOf(name) : condition;
    const outcome = await this.calendars.put({
      name,
      calendar,
      changedBy: callerOf(request.headers),
      expectedVersion,
    });
    if (outcome.kind === 'otherVersion') throw preconditionFailed(outcome);
    void reply
      .code(outcome.kind === 'created' ? 201 : 200)
      .header('etag', versionTag(outcome.calendar.version));
    return toCalendarView(outcome.calendar);
  }

  @Delete(':name')
  @HttpCode(204)
  @ApiOperation({ summary: 'Removes a calendar that no batch uses. Its history stays.' })
  @ApiNoContentResponse()
  @ApiNotFoundResponse({ description: 'There is no such calendar.' })
  @ApiConflictResponse({ description: 'Batches use it: they are named.' })
  async remove(
    @Param({ schema: calendarPathSchema, pipes: [inputPipe] }) { name }: CalendarPath,
    @Req() request: FastifyRequest,
  ): Promise<void> {
    const outcome = await this.calendars.remove(name, callerOf(request.headers));
    if (outcome.kind === 'unknown') throw new NotFoundError('calendar', name);
    if (outcome.kind === 'removed') return;
    throw new ConflictError(
      `The calendar "${name}" is used by ${outcome.by.join(', ')}: give those another one first.`,
      outcome.by,
    );
  }

  @Get(':name/history')
  @ApiOperation({ summary: 'The newest 1,000 versions of a calendar, the newest first: who, when, what.' })
  @ApiOkResponse({ standardSchema: calendarHistoryView })
  @ApiNotFoundResponse({ description: 'There never was such a calendar.' })
  async history(
    @Param({ schema: calendarPathSchema, pipes: [inputPipe] }) { name }: CalendarPath,
  ): Promise<CalendarHistoryView> {
    const versions = await this.calendars.history(name);
    if (versions.length === 0) throw new NotFoundError('calendar', name);
    return toCalendarHistory(versions);
  }

  private async versionOf(name: string): Promise<number> {
    const calendar = await this.calendars.find(name);
    if (!calendar) throw new NotFoundError('calendar', name);
    return calendar.version;
  }
}
