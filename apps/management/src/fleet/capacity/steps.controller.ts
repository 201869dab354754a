import { Controller, Get, Headers, Query, StreamableFile } from '@nestjs/common';
import { ApiBadRequestResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { OFFLINE_AFTER_SECONDS } from '#shared/domain/machine.js';
import { MachineStore } from '#shared/store/machine-store.js';
import { MachineTimeStore } from '#shared/store/machine-time-store.js';
import { Store } from '#shared/store/store.js';
import { WorkStore } from '#shared/store/work-store.js';
import { inputPipe } from '../../http/input-pipe.js';
import { capacityRangeSchema, rangeOf, wantsCsv, type CapacityRangeQuery } from './capacity-requests.js';
import { cardsView, toCardsView, type CardsView } from './cards-view.js';
import { CSV } from '../../http/csv.js';
import { stepsLines, stepsQuerySchema, stepsView, toStepsView, wholeSteps } from './steps-views.js';
import type { StepsQuery, StepsView } from './steps-views.js';

/** What an overview of spare capacity shows: figures in one answer, and their course over time. */
@ApiTags('capacity')
@Controller('api/v1/capacity')
export class StepsController {
  constructor(
    private readonly store: Store,
    private readonly time: MachineTimeStore,
    private readonly work: WorkStore,
    private readonly machines: MachineStore,
  ) {}

  @Get('cards')
  @ApiOperation({
    summary: 'The figures of a range at a glance, and how many machines are in which state now.',
  })
  @ApiOkResponse({ standardSchema: cardsView })
  @ApiBadRequestResponse({ description: 'The range has no hours, or more than 366 days.' })
  async cards(
    @Query({ schema: capacityRangeSchema, pipes: [inputPipe] }) query: CapacityRangeQuery,
  ): Promise<CardsView> {
    const range = rangeOf(query, await this.store.now());
    const [sums, work, impact, machines] = await Promise.all([
      this.time.sums(range),
      this.work.total(range),
      this.work.ownerImpact(range),
      this.machines.list(OFFLINE_AFTER_SECONDS),
    ]);
    const isMeant = ({ id, pool }: (typeof machines)[number]): boolean =>
      (range.pool ?? pool) === pool && (range.machineId ?? id) === id;
    return toCardsView(range, { sums, work, impact, machines: machines.filter(isMeant) });
  }

  @Get('series')
  @ApiOperation({
    summary: 'What became of machines’ time by hour or day, of all pools together or of each.',
    description: 'With "Accept: text/csv" a table of any length.',
  })
  @ApiOkResponse({ standardSchema: stepsView })
  @ApiBadRequestResponse({ description: 'The range has no hours, more than 366 days, or too many points.' })
  async series(
    @Query({ schema: stepsQuerySchema, pipes: [inputPipe] }) query: StepsQuery,
    @Headers('accept') accept?: string,
  ): Promise<StepsView | StreamableFile> {
    const { step } = query;
    const range = wholeSteps(rangeOf({ ...query, machine: undefined }, await this.store.now()), step);
    const steps = await this.time.steps(range, { step, byPool: query.byPool === 'true' });
    if (wantsCsv(accept)) return new StreamableFile(Buffer.from(stepsLines(steps)), CSV);
    return toStepsView(range, step, steps);
  }
}
