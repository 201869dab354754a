import { Controller, Param, Put, Req } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import {
  ApiBadRequestResponse,
  ApiBody,
  ApiConflictResponse,
  ApiConsumes,
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiOperation,
  ApiPayloadTooLargeResponse,
  ApiTags,
} from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { holidayMediaType, textOfBytes } from '#shared/contracts/holiday-files/file-form.js';
import { MAX_HOLIDAY_FILE_BYTES, readHolidays } from '#shared/contracts/holiday-files/read-holidays.js';
import { ConflictError, NotFoundError, TooLargeError } from '#shared/domain/errors.js';
import { CalendarStore } from '#shared/store/calendar-store.js';
import { Store } from '#shared/store/store.js';
import { callerOf } from '../../access/presented-key.js';
import { STREAMED_BODY } from '../../http/body-parsing.js';
import { inputPipe } from '../../http/input-pipe.js';
import { importedHolidaysView, toCalendarView } from './calendar-views.js';
import type { ImportedHolidaysView } from './calendar-views.js';
import { calendarPathSchema } from './definition-requests.js';
import type { CalendarPath } from './definition-requests.js';

/** Repetitions of a holiday have no end: they are followed so far, and the file is sent again some day. */
const YEARS_AHEAD = 10;

@ApiTags('calendars')
@Controller('api/v1/calendars/:name/holidays')
export class HolidaysController {
  constructor(
    private readonly calendars: CalendarStore,
    private readonly store: Store,
  ) {}

  @Put()
  @RouteConfig(STREAMED_BODY)
  @ApiOperation({
    summary: "Replaces a calendar's holidays by those of an iCalendar file or a JSON list.",
    description: `Whole-day events, from the beginning of last year for ${YEARS_AHEAD} years from now. What was left out is told in notes.`,
  })
  @ApiConsumes('text/calendar', 'application/json')
  @ApiBody({ schema: { type: 'string', format: 'binary' }, required: true })
  @ApiOkResponse({ standardSchema: importedHolidaysView })
  @ApiBadRequestResponse({ description: 'The file is not right: what and where is named.' })
  @ApiNotFoundResponse({ description: 'There is no such calendar.' })
  @ApiConflictResponse({ description: 'Somebody else changed the calendar at the same time.' })
  @ApiPayloadTooLargeResponse({ description: 'The file is too large.' })
  async replace(
    @Param({ schema: calendarPathSchema, pipes: [inputPipe] }) { name }: CalendarPath,
    @Req() request: FastifyRequest,
  ): Promise<ImportedHolidaysView> {
    const standing = await this.calendars.find(name);
    if (!standing) throw new NotFoundError('calendar', name);
    const { holidays, notes } = await this.read(request);
    const outcome = await this.calendars.put({
      name,
      calendar: { ...standing.calendar, holidays },
      changedBy: callerOf(request.headers),
      expectedVersion: standing.version,
    });
    if (outcome.kind !== 'otherVersion') return { ...toCalendarView(outcome.calendar), notes: [...notes] };
    throw new ConflictError(`The calendar "${name}" was changed at the same time: send the file again.`);
  }

  private async read(request: FastifyRequest): Promise<ReturnType<typeof readHolidays>> {
    const text = await textOf(request.raw);
    const year = (await this.store.now()).getUTCFullYear();
    const horizon = { from: `${year - 1}-01-01`, to: `${year + YEARS_AHEAD}-12-31` };
    return readHolidays(holidayMediaType(text), text, horizon);
  }
}

async function textOf(body: AsyncIterable<Buffer>): Promise<string> {
  const pieces: Buffer[] = [];
  let sizeBytes = 0;
  for await (const piece of body) {
    sizeBytes += piece.length;
    if (sizeBytes > MAX_HOLIDAY_FILE_BYTES)
      throw new TooLargeError('file of holidays', MAX_HOLIDAY_FILE_BYTES);
    pieces.push(piece);
  }
  return textOfBytes(Buffer.concat(pieces));
}
