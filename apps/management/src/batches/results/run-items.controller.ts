import { pipeline, Readable } from 'node:stream';
import { createGzip } from 'node:zlib';
import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import { ApiNotFoundResponse, ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { BatchRun } from '#shared/domain/batch.js';
import { NotFoundError } from '#shared/domain/errors.js';
import { BatchStore } from '#shared/store/batch-store.js';
import { BlobStore } from '#shared/store/blob-store.js';
import { inputPipe } from '../../http/input-pipe.js';
import { runIdSchema, type RunId } from '../batch-requests.js';
import { BatchRuns } from '../batch-runs.js';
import { InputReader } from '../inputs/input-reader.js';
import type { LineText } from '../inputs/line-stream.js';
import { toItemView } from '../run-views.js';
import { exportPieces } from './export-pieces.js';
import { acceptsGzip, exportOrder, exportSchema, itemLineSchema } from './export-requests.js';
import type { ExportFormat, ExportQuery, ItemLine } from './export-requests.js';
import { itemDetailView, type ItemDetailView } from './item-detail-view.js';

const TYPES: Readonly<Record<ExportFormat, string>> = {
  jsonl: 'application/x-ndjson',
  csv: 'text/csv; charset=utf-8',
};

/** Items of a run: one with its input, or all of them as a file. */
@ApiTags('batches')
@ApiNotFoundResponse({ description: 'There is no such run, or no such item.' })
@Controller('api/v1/batches/runs')
export class RunItemsController {
  constructor(
    private readonly runs: BatchRuns,
    private readonly batches: BatchStore,
    private readonly blobs: BlobStore,
  ) {}

  @Get(':runId/items/:lineNumber')
  @ApiOperation({ summary: 'One item: its line of the input, and what became of it.' })
  @ApiOkResponse({ standardSchema: itemDetailView })
  async item(
    @Param({ schema: itemLineSchema, pipes: [inputPipe] }) { runId, lineNumber }: ItemLine,
  ): Promise<ItemDetailView> {
    const run = await this.runs.find(runId);
    const [outcome, input] = await Promise.all([
      this.batches.findItem(runId, lineNumber),
      this.inputLine(run, lineNumber),
    ]);
    const isItem = outcome !== null || (input !== null && input.text.trim() !== '');
    if (!isItem) throw new NotFoundError(`item of the run ${runId} (so far) on line`, String(lineNumber));
    return {
      lineNumber,
      input: input?.text ?? null,
      inputIsCut: input?.isCut ?? false,
      outcome: outcome && toItemView(outcome),
    };
  }

  @Get(':runId/export')
  @ApiOperation({
    summary: 'The items that have an outcome as a file of any length, by line number.',
    description:
      'JSON Lines have lineNumber, state, attempts, startedAt, durationMs, output and failure of each item, and with include its ' +
      'input (as JSON, or as text where it is none) and logs. CSV has the same as columns: outputs that are text or numbers as they ' +
      'are, others as JSON; text that begins like a formula gets a quote before it. Compressed where the client accepts gzip.',
  })
  @ApiProduces('application/x-ndjson', 'text/csv')
  @ApiOkResponse({ schema: { type: 'string', format: 'binary' }, description: 'The file.' })
  async export(
    @Param({ schema: runIdSchema, pipes: [inputPipe] }) { runId }: RunId,
    @Query({ schema: exportSchema, pipes: [inputPipe] }) query: ExportQuery,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const order = exportOrder(query);
    const run = await this.runs.find(runId);
    const { batches, blobs } = this;
    // When the client goes away its stream is destroyed, and with it the reading. One piece ahead: each is large.
    const pieces = Readable.from(exportPieces({ batches, blobs, run }, order), { highWaterMark: 1 });
    void reply
      .header('content-type', TYPES[order.format])
      .header('content-disposition', `attachment; filename="run-${runId}.${order.format}"`)
      .header('vary', 'accept-encoding');
    if (!acceptsGzip(request.headers['accept-encoding'])) {
      await reply.send(pieces);
      return;
    }
    const packed = pipeline(pieces, createGzip(), () => undefined);
    await reply.header('content-encoding', 'gzip').send(packed);
  }

  /** Null where no chunk has it yet, or the file is gone. */
  private async inputLine(run: BatchRun, lineNumber: number): Promise<LineText | null> {
    const reader = new InputReader(this.batches, this.blobs, run);
    try {
      return await reader.line(lineNumber);
    } catch (error) {
      if (error instanceof NotFoundError) return null;
      throw error;
    } finally {
      reader.close();
    }
  }
}
