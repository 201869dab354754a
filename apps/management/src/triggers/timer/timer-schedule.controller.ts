import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import {
  ApiBadRequestResponse,
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import { z } from 'zod';
import { NotFoundError } from '#shared/domain/errors.js';
import type { AppVersion } from '#shared/domain/function-app.js';
import type { Schedule } from '#shared/domain/schedule.js';
import { ScheduleStore } from '#shared/store/schedule-store.js';
import { Store } from '#shared/store/store.js';
import { Catalogue } from '../../catalogue/catalogue.js';
import { timerDeclarationOf } from '../../catalogue/timer-declaration.js';
import { SETTINGS, type Settings } from '../../config.js';
import { inputPipe } from '../../http/input-pipe.js';
import { timerScheduleView, toTimerScheduleView, type TimerScheduleView } from './timer-schedule-view.js';

const USUAL_COUNT = 10;
const MOST_COUNT = 1000;

const countRule = `must be a whole number from 1 to ${MOST_COUNT}`;
const querySchema = z.object({
  count: z.coerce
    .number(countRule)
    .int(countRule)
    .min(1, countRule)
    .max(MOST_COUNT, countRule)
    .default(USUAL_COUNT)
    .describe('How many occurrences to come.'),
});

/** When timer functions run. */
@ApiTags('schedules')
@Controller('api/v1/apps/:app/functions/:function/schedule')
export class TimerScheduleController {
  constructor(
    @Inject(SETTINGS) private readonly settings: Pick<Settings, 'timerTimeZone'>,
    private readonly catalogue: Catalogue,
    private readonly schedules: ScheduleStore,
    private readonly store: Store,
  ) {}

  @Get()
  @ApiOperation({
    summary: 'The schedule of a timer function, and its next occurrences.',
    description:
      'As its active version says, with app settings filled in. Of a disabled function there is none.',
  })
  @ApiOkResponse({ standardSchema: timerScheduleView })
  @ApiBadRequestResponse({ description: `The count is not from 1 to ${MOST_COUNT}.` })
  @ApiNotFoundResponse({
    description: 'There is no such app or function, it is no timer, or it is disabled.',
  })
  async read(
    @Param('app') appName: string,
    @Param('function') functionName: string,
    @Query({ schema: querySchema, pipes: [inputPipe] }) { count }: z.output<typeof querySchema>,
  ): Promise<TimerScheduleView> {
    const version = this.catalogue.find(appName);
    if (!version) throw new NotFoundError('function app', appName);
    const { schedule, declaredAs } = await this.find(version, functionName);
    const now = await this.store.now();
    const timeZone = schedule.timeZone ?? this.settings.timerTimeZone;
    return toTimerScheduleView({ schedule, declaredAs, appName: version.appName, timeZone, now, count });
  }

  private async find(
    version: AppVersion,
    name: string,
  ): Promise<{ readonly schedule: Schedule; readonly declaredAs: string }> {
    const definition = version.functions.find((one) => one.name.toLowerCase() === name.toLowerCase());
    if (!definition) throw new NotFoundError('function', name);
    const declared = timerDeclarationOf(definition);
    const schedule = declared && (await this.schedules.find(version.appId, definition.name));
    if (!schedule) throw new NotFoundError('schedule of function', definition.name);
    return { schedule, declaredAs: declared.expression };
  }
}
