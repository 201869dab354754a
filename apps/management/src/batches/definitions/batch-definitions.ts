import { Injectable, Logger } from '@nestjs/common';
import { parseBatchDefinition } from '#shared/contracts/batch-definition/parse-definition.js';
import type { BatchDefinition } from '#shared/domain/batch-definition.js';
import type { DefinedBatch } from '#shared/domain/defined-batch.js';
import { ConflictError, InvalidInputError, NotFoundError } from '#shared/domain/errors.js';
import { BatchDefinitionStore, type PutOutcome } from '#shared/store/batch-definition-store.js';
import { batchTarget } from '../batch-target.js';
import { ActiveVersions } from './active-versions.js';
import type { BatchPath } from './definition-requests.js';
import { InputChecks } from './input-checks.js';
import { PlannedTimes } from './planned-times.js';
import { ReceiverCheck } from './receiver-check.js';

/** A definition that stands, and whether it was written now. */
export type Defined = Extract<PutOutcome, { batch: DefinedBatch }>;

/** Somebody else changed it first: the caller is to read again. */
export interface OtherVersion {
  readonly kind: 'otherVersion';
  readonly version: number | null;
}

/** Defines, pauses and removes batches. */
@Injectable()
export class BatchDefinitions {
  private readonly logger = new Logger(BatchDefinitions.name);

  constructor(
    private readonly store: BatchDefinitionStore,
    private readonly versions: ActiveVersions,
    private readonly inputs: InputChecks,
    private readonly times: PlannedTimes,
    private readonly receivers: ReceiverCheck,
  ) {}

  /**
   * Checks a definition, also against the app's active version and what it names, and writes it.
   * Throws `InvalidInputError` with a detail per thing that is wrong, `NotFoundError` and `ConflictError`.
   */
  async put(
    path: BatchPath,
    body: Readonly<Record<string, unknown>>,
    by: string,
    expectedVersion?: number,
  ): Promise<Defined | OtherVersion> {
    const written = parseBatchDefinition({ ...body, ...ofPath(path, body) });
    const version = await this.versions.of(written.app);
    const { definition: target } = batchTarget(version, written.function, written.input.kind);
    this.receivers.check(written);
    await this.inputs.check(written.input);
    const standing = await this.store.find({ appId: version.appId, name: written.name });
    await this.times.mustCome(written, standing?.definition);
    // As it is published: Azure's names have no case.
    const definition = { ...written, function: target.name };
    const outcome = await this.store.put({
      appId: version.appId,
      definition,
      changedBy: by,
      expectedVersion,
    });
    const accepted = acceptedOf(outcome, definition);
    if (accepted.kind === 'created' || accepted.kind === 'changed')
      this.logger.log(
        { app: path.app, batch: path.name, version: accepted.batch.version, by },
        'A batch was defined.',
      );
    return accepted;
  }

  /** Throws `NotFoundError`. */
  async find(path: BatchPath): Promise<DefinedBatch> {
    const batch = await this.store.find(await this.keyOf(path));
    return batch ?? notDefined(path);
  }

  async pause(path: BatchPath, by: string, note: string): Promise<DefinedBatch> {
    const batch = await this.store.pause(await this.keyOf(path), by, note);
    return batch ?? notDefined(path);
  }

  async resume(path: BatchPath): Promise<DefinedBatch> {
    const batch = await this.store.resume(await this.keyOf(path));
    return batch ?? notDefined(path);
  }

  /** Throws `NotFoundError`, and `ConflictError` when others need it. */
  async remove(path: BatchPath, expectedVersion?: number): Promise<OtherVersion | null> {
    const outcome = await this.store.remove(await this.keyOf(path), expectedVersion);
    if (outcome.kind === 'otherVersion') return outcome;
    if (outcome.kind === 'unknown') return notDefined(path);
    if (outcome.kind === 'removed') return null;
    throw new ConflictError(
      `The batch ${path.app}/${path.name} is needed by ${outcome.by.join(', ')}: change or remove those first.`,
      outcome.by,
    );
  }

  private async keyOf({ app, name }: BatchPath): Promise<{ readonly appId: string; readonly name: string }> {
    return { appId: (await this.versions.app(app)).id, name };
  }
}

function notDefined({ app, name }: BatchPath): never {
  throw new NotFoundError('batch definition', `${app}/${name}`);
}

/** Name and app stand in the path; a body that says others was meant for another place. */
function ofPath(path: BatchPath, body: Readonly<Record<string, unknown>>): BatchPath {
  for (const field of ['app', 'name'] as const) {
    const said = body[field];
    const same = typeof said === 'string' && (field === 'app' ? said.toLowerCase() : said) === path[field];
    if (said !== undefined && !same)
      throw new InvalidInputError(
        `${field}: the body says ${JSON.stringify(said)} and the path "${path[field]}"; leave it out of the body.`,
      );
  }
  return path;
}

function acceptedOf(outcome: PutOutcome, definition: BatchDefinition): Defined | OtherVersion {
  switch (outcome.kind) {
    case 'unknownCalendar':
      throw refused([
        `calendar: there is no calendar "${outcome.calendar}"; make it first, or leave it out.`,
      ]);
    case 'unknownBatches':
      throw refused(
        outcome.batches.map(
          ({ field, app, batch }) => `${field}: there is no batch ${app}/${batch}; define it first.`,
        ),
      );
    case 'cycle':
      throw refused([
        `dependsOn: ${outcome.path.join(' waits for ')}, so none of them would ever begin. ` +
          `Take one of these dependencies out.`,
      ]);
    default:
      return outcome;
  }

  function refused(problems: readonly string[]): InvalidInputError {
    return new InvalidInputError(
      `The batch definition ${definition.app}/${definition.name} is not right.`,
      problems,
    );
  }
}
