import { Readable } from 'node:stream';
import { Controller, Get, Headers, Query, StreamableFile } from '@nestjs/common';
import { ApiBadRequestResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { InvalidInputError } from '#shared/domain/errors.js';
import { OFFLINE_AFTER_SECONDS } from '#shared/domain/machine.js';
import { MachineStore } from '#shared/store/machine-store.js';
import { MachineTimeStore, type TimeRange } from '#shared/store/machine-time-store.js';
import { Store } from '#shared/store/store.js';
import { inputPipe } from '../../http/input-pipe.js';
import {
  capacityRangeSchema,
  piecesOf,
  rangeOf,
  wantsCsv,
  type CapacityRangeQuery,
} from './capacity-requests.js';
import {
  capacityHoursView,
  capacitySummaryView,
  HOURS_HEAD,
  hourLine,
  namesOf,
  summaryLines,
  toHourViews,
  toSummaryView,
  type CapacityHoursView,
  type CapacitySummaryView,
} from './capacity-views.js';
import { CSV } from '../../http/csv.js';

/** Rows of an answer in JSON, which is made in memory: a month of 40 machines, or a night of 2,000. */
const MOST_ROWS = 100_000;
/** A table is read in pieces of so many hours: of 5,000 machines about as many rows. */
const PIECE_HOURS = 4;
/** More rows than a piece has. */
const ALL_ROWS = 10_000_000;

/** What machines' time was spent on. */
@ApiTags('capacity')
@Controller('api/v1/capacity')
export class CapacityController {
  constructor(
    private readonly store: Store,
    private readonly time: MachineTimeStore,
    private readonly machines: MachineStore,
  ) {}

  @Get('summary')
  @ApiOperation({
    summary: 'What was used of what was offered, and what became of the rest, by state and reason.',
    description: 'With "Accept: text/csv" the states and reasons as a table.',
  })
  @ApiOkResponse({ standardSchema: capacitySummaryView })
  @ApiBadRequestResponse({ description: 'The range has no hours, or more than 366 days.' })
  async summary(
    @Query({ schema: capacityRangeSchema, pipes: [inputPipe] }) query: CapacityRangeQuery,
    @Headers('accept') accept?: string,
  ): Promise<CapacitySummaryView | StreamableFile> {
    const range = rangeOf(query, await this.store.now());
    const sums = await this.time.sums(range);
    if (wantsCsv(accept)) return new StreamableFile(Buffer.from(summaryLines(sums)), CSV);
    return toSummaryView(range, sums);
  }

  @Get('hours')
  @ApiOperation({
    summary: 'The same for each hour and machine.',
    description: `With "Accept: text/csv" a table of any length. In JSON, ranges of more than ${MOST_ROWS} rows are refused.`,
  })
  @ApiOkResponse({ standardSchema: capacityHoursView })
  @ApiBadRequestResponse({ description: 'The range has no hours, or too many.' })
  async hours(
    @Query({ schema: capacityRangeSchema, pipes: [inputPipe] }) query: CapacityRangeQuery,
    @Headers('accept') accept?: string,
  ): Promise<CapacityHoursView | StreamableFile> {
    const range = rangeOf(query, await this.store.now());
    const names = namesOf(await this.machines.list(OFFLINE_AFTER_SECONDS));
    if (wantsCsv(accept)) return new StreamableFile(Readable.from(this.hourLines(range, names)), CSV);
    const rows = await this.time.hours(range, MOST_ROWS + 1);
    if (rows.length > MOST_ROWS) {
      throw new InvalidInputError(
        `from: there are more than ${MOST_ROWS} rows. Ask for fewer hours, for a pool or a machine, or for text/csv.`,
      );
    }
    const { from, until } = range;
    return { from: from.toISOString(), until: until.toISOString(), hours: toHourViews(rows, names) };
  }

  private async *hourLines(range: TimeRange, names: ReadonlyMap<string, string>): AsyncGenerator<string> {
    yield HOURS_HEAD;
    for (const piece of piecesOf(range, PIECE_HOURS)) {
      const views = toHourViews(await this.time.hours(piece, ALL_ROWS), names);
      if (views.length > 0) yield views.map(hourLine).join('');
    }
  }
}
