import { Readable } from 'node:stream';
import { Controller, Get, Headers, Query, StreamableFile } from '@nestjs/common';
import { ApiBadRequestResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { OFFLINE_AFTER_SECONDS } from '#shared/domain/machine.js';
import { MachineStore } from '#shared/store/machine-store.js';
import type { TimeRange } from '#shared/store/machine-time-store.js';
import { Store } from '#shared/store/store.js';
import { WorkStore } from '#shared/store/work-store.js';
import { inputPipe } from '../../http/input-pipe.js';
import { piecesOf, rangeOf, wantsCsv } from './capacity-requests.js';
import { namesOf } from './capacity-views.js';
import { CSV } from '../../http/csv.js';
import {
  badputLines,
  badputQuerySchema,
  badputView,
  impactQuerySchema,
  mustBeReadable,
  ownerImpactView,
  toBadputView,
  toOwnerImpactView,
  waitLine,
  WAITS_HEAD,
  type BadputQuery,
  type BadputView,
  type ImpactQuery,
  type Names,
  type OwnerImpactView,
} from './work-views.js';

/** A table is read day by day. */
const PIECE_HOURS = 24;
/** More than a day has: a thousand machines whose owners come every two minutes. */
const MOST_A_PIECE = 1_000_000;

/** What functions made of machines' time, what was lost of it, and what it cost the machines' owners. */
@ApiTags('capacity')
@Controller('api/v1/capacity')
export class WorkController {
  constructor(
    private readonly store: Store,
    private readonly work: WorkStore,
    private readonly machines: MachineStore,
  ) {}

  @Get('badput')
  @ApiOperation({
    summary: 'What calls took, and what of it was lost by evictions and failures of the platform.',
    description: 'With "Accept: text/csv" all rows as a table.',
  })
  @ApiOkResponse({ standardSchema: badputView })
  @ApiBadRequestResponse({
    description:
      'The range has no hours, or more than 366 days; by machine, of all machines, more than 7 days.',
  })
  async badput(
    @Query({ schema: badputQuerySchema, pipes: [inputPipe] }) query: BadputQuery,
    @Headers('accept') accept?: string,
  ): Promise<BadputView | StreamableFile> {
    const { by, limit } = query;
    const range = rangeOf(query, await this.store.now());
    mustBeReadable(range, by);
    const sums = await this.work.sums(range, by);
    const names = by === 'machine' ? await this.names() : new Map<string, string>();
    if (wantsCsv(accept)) return new StreamableFile(Buffer.from(badputLines(by, sums, names)), CSV);
    return toBadputView(range, by, sums, limit, names);
  }

  @Get('owner-impact')
  @ApiOperation({
    summary: 'How long owners waited for their processor, and the longest waits.',
    description: 'With "Accept: text/csv" all waits by time, as a table of any length.',
  })
  @ApiOkResponse({ standardSchema: ownerImpactView })
  @ApiBadRequestResponse({ description: 'The range has no hours, or more than 366 days.' })
  async ownerImpact(
    @Query({ schema: impactQuerySchema, pipes: [inputPipe] }) query: ImpactQuery,
    @Headers('accept') accept?: string,
  ): Promise<OwnerImpactView | StreamableFile> {
    const range = rangeOf(query, await this.store.now());
    const names = await this.names();
    if (wantsCsv(accept)) return new StreamableFile(Readable.from(this.waitLines(range, names)), CSV);
    const impact = await this.work.ownerImpact(range);
    return toOwnerImpactView(range, impact, await this.work.worstWaits(range, query.limit), names);
  }

  private async *waitLines(range: TimeRange, names: Names): AsyncGenerator<string> {
    yield WAITS_HEAD;
    for (const piece of piecesOf(range, PIECE_HOURS)) {
      const waits = await this.work.waits(piece, MOST_A_PIECE);
      if (waits.length > 0) yield waits.map((wait) => waitLine(wait, names)).join('');
    }
  }

  private async names(): Promise<Names> {
    return namesOf(await this.machines.list(OFFLINE_AFTER_SECONDS));
  }
}
