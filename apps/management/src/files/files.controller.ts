import {
  Body,
  Controller,
  ForbiddenException,
  Get,
  HttpCode,
  Inject,
  Param,
  Post,
  Query,
  Req,
  Res,
  UseGuards,
} from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiForbiddenResponse,
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { FILE_URL_ROUTE, fileUrlRequestSchema, type FileUrlAnswer } from '#shared/contracts/worker-api.js';
import { InvalidInputError, NotFoundError } from '#shared/domain/errors.js';
import { BlobStore } from '#shared/store/blob-store.js';
import { OpenToAll } from '../access/open-to-all.decorator.js';
import { UrlSigner } from '../access/url-signer.js';
import { WorkerGuard } from '../access/worker-guard.js';
import { SETTINGS, type Settings } from '../config.js';
import { inputPipe } from '../http/input-pipe.js';
import { publicOrigin } from '../http/public-origin.js';
import { parseRange, type RangeRequest } from './byte-range.js';

const signedQuerySchema = z.object({ expires: z.coerce.number().int(), signature: z.string() });

const fileUrlSchema = z.object({
  url: z.string(),
  expiresAt: z.number().int().describe('Milliseconds since 1970.'),
});

type FileUrlRequest = z.output<typeof fileUrlRequestSchema>;
type SignedQuery = z.output<typeof signedQuerySchema>;

/**
 * Packages and batch inputs for workers. A worker asks for a URL with its key and reads the file by that URL, which holds a
 * signature in place of the key: it can be handed to a helper process or a proxy cache, and is worth nothing tomorrow.
 */
@ApiTags('workers')
@OpenToAll()
@Controller()
export class FilesController {
  constructor(
    @Inject(SETTINGS)
    private readonly settings: Pick<Settings, 'fileUrlSeconds' | 'trustForwardedHeaders'>,
    private readonly blobs: BlobStore,
    private readonly signer: UrlSigner,
  ) {}

  @Post(FILE_URL_ROUTE)
  @HttpCode(200)
  @UseGuards(WorkerGuard)
  @ApiBearerAuth()
  @ApiOperation({ summary: 'A URL by which a file can be read for a while.' })
  @ApiOkResponse({ standardSchema: fileUrlSchema })
  @ApiNotFoundResponse({ description: 'There is no such file.' })
  async makeUrl(
    @Body({ schema: fileUrlRequestSchema, pipes: [inputPipe] }) { digest }: FileUrlRequest,
    @Req() request: FastifyRequest,
  ): Promise<FileUrlAnswer> {
    if ((await this.blobs.sizeBytes(digest)) === null) throw new NotFoundError('file', digest);
    // The worker reached management by this address: it can again.
    const origin = publicOrigin(request.headers, this.settings.trustForwardedHeaders);
    if (origin === null) throw new InvalidInputError('The Host header is not a host.');
    const path = pathOf(digest);
    const expiresAt = Date.now() + this.settings.fileUrlSeconds * 1000;
    const { signature } = this.signer.sign(path, expiresAt);
    return { url: `${origin}${path}?expires=${expiresAt}&signature=${signature}`, expiresAt };
  }

  @Get('internal/files/:digest')
  @ApiOperation({ summary: 'A file, or with a Range header a part of it.' })
  @ApiOkResponse({ description: 'The file.' })
  @ApiForbiddenResponse({ description: 'The URL has expired, or its signature is wrong.' })
  async read(
    @Param('digest') digest: string,
    @Query({ schema: signedQuerySchema, pipes: [inputPipe] }) query: SignedQuery,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    if (!this.signer.isValid(pathOf(digest), query, Date.now())) {
      throw new ForbiddenException('The URL has expired, or its signature is wrong.');
    }
    const sizeBytes = await this.blobs.sizeBytes(digest);
    if (sizeBytes === null) throw new NotFoundError('file', digest);
    const range = parseRange(request.headers.range, sizeBytes);
    void reply.header('accept-ranges', 'bytes').type('application/octet-stream');
    await this.send(reply, digest, sizeBytes, range);
  }

  private async send(
    reply: FastifyReply,
    digest: string,
    sizeBytes: number,
    range: RangeRequest,
  ): Promise<void> {
    if (range === 'unsatisfiable') {
      await reply.code(416).header('content-range', `bytes */${sizeBytes}`).send();
      return;
    }
    if (range === 'all') {
      await reply.header('content-length', sizeBytes).send(await this.blobs.open(digest));
      return;
    }
    const { start, end } = range;
    await reply
      .code(206)
      .header('content-range', `bytes ${start}-${end - 1}/${sizeBytes}`)
      .header('content-length', end - start)
      .send(await this.blobs.open(digest, range));
  }
}

function pathOf(digest: string): string {
  return `/internal/files/${digest}`;
}
