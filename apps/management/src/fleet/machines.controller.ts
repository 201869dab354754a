import { Body, Controller, Get, HttpCode, Param, Post, Put, Query, Req } from '@nestjs/common';
import {
  ApiConflictResponse,
  ApiNoContentResponse,
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { machineLabelsSchema } from '#shared/contracts/machine-labels.js';
import { ConflictError, NotFoundError } from '#shared/domain/errors.js';
import type { MachineLabels } from '#shared/domain/fleet.js';
import { OFFLINE_AFTER_SECONDS, type Machine } from '#shared/domain/machine.js';
import { EnrolmentStore } from '#shared/store/enrolment-store.js';
import { MachineStore } from '#shared/store/machine-store.js';
import { Store } from '#shared/store/store.js';
import { callerOf } from '../access/presented-key.js';
import { inputPipe } from '../http/input-pipe.js';
import { drainCost } from './drain-cost.js';
import { drainSchema, isAskedFor, machineIdSchema, machineListSchema } from './machine-requests.js';
import type { DrainBody, MachineId, MachineListQuery } from './machine-requests.js';
import { machineListView, machineView, toMachineView } from './machine-views.js';
import type { MachineListView, MachineView } from './machine-views.js';

const drainView = z.object({
  machine: machineView,
  workUnderWay: z
    .number()
    .int()
    .describe('Calls, promises and chunks that run there, as of its last heartbeat.'),
  badputSeconds: z
    .number()
    .int()
    .describe('What they have taken so far: lost, at most, if the machine must give them back.'),
});

type DrainView = z.infer<typeof drainView>;

@ApiTags('machines')
@ApiNotFoundResponse({ description: 'There is no such machine.' })
@Controller('api/v1/machines')
export class MachinesController {
  constructor(
    private readonly store: Store,
    private readonly machines: MachineStore,
    private readonly enrolment: EnrolmentStore,
  ) {}

  @Get()
  @ApiOperation({
    summary: 'The machines that have ever offered to run functions, by name, with their states.',
  })
  @ApiOkResponse({ standardSchema: machineListView })
  async list(
    @Query({ schema: machineListSchema, pipes: [inputPipe] }) query: MachineListQuery,
  ): Promise<MachineListView> {
    const machines = await this.machines.list(OFFLINE_AFTER_SECONDS);
    return { machines: machines.filter((machine) => isAskedFor(machine, query)).map(toMachineView) };
  }

  @Get(':id')
  @ApiOperation({ summary: 'One machine.' })
  @ApiOkResponse({ standardSchema: machineView })
  async show(
    @Param({ schema: machineIdSchema, pipes: [inputPipe] }) { id }: MachineId,
  ): Promise<MachineView> {
    return toMachineView(await this.find(id));
  }

  @Put(':id/labels')
  @ApiOperation({ summary: 'Replaces the labels of a machine: all of them, so send those that stay too.' })
  @ApiOkResponse({ standardSchema: machineView })
  async label(
    @Param({ schema: machineIdSchema, pipes: [inputPipe] }) { id }: MachineId,
    @Body({ schema: machineLabelsSchema, pipes: [inputPipe] }) labels: MachineLabels,
  ): Promise<MachineView> {
    if (!(await this.machines.setLabels(id, labels))) throw new NotFoundError('machine', id);
    return this.show({ id });
  }

  @Post(':id/drain')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Has a machine take nothing new, and says what giving back its work would cost.',
    description:
      'The machine hears of it with its next heartbeat. It is drained once nothing runs there any more; at the deadline it ' +
      'gives back what still runs, for which no attempt is used.',
  })
  @ApiOkResponse({ standardSchema: drainView })
  async drain(
    @Param({ schema: machineIdSchema, pipes: [inputPipe] }) { id }: MachineId,
    @Body({ schema: drainSchema, pipes: [inputPipe] }) { deadlineSeconds, preview }: DrainBody,
    @Req() request: FastifyRequest,
  ): Promise<DrainView> {
    const order = { deadlineSeconds: deadlineSeconds ?? null, requestedBy: callerOf(request.headers) };
    if (!preview && !(await this.machines.drain(id, order))) throw new NotFoundError('machine', id);
    const machine = await this.find(id);
    return { machine: toMachineView(machine), ...drainCost(machine, await this.store.now()) };
  }

  @Post(':id/undrain')
  @HttpCode(200)
  @ApiOperation({ summary: 'Lets a machine take work again, from its next heartbeat on.' })
  @ApiOkResponse({ standardSchema: machineView })
  @ApiConflictResponse({ description: 'It was not being drained.' })
  async undrain(
    @Param({ schema: machineIdSchema, pipes: [inputPipe] }) { id }: MachineId,
  ): Promise<MachineView> {
    const machine = await this.find(id);
    if (!(await this.machines.undrain(id)))
      throw new ConflictError(`The machine "${machine.name}" has no order to drain.`);
    return this.show({ id });
  }

  @Post(':id/revoke')
  @HttpCode(204)
  @ApiOperation({
    summary: 'Takes the key of a machine from it.',
    description:
      'Management refuses the key at once. The machine hears of it with its next heartbeat: it stops, and gives back what runs. ' +
      'It comes back only with a new enrolment token.',
  })
  @ApiNoContentResponse()
  @ApiConflictResponse({ description: 'It has no key of its own, or that is revoked already.' })
  async revoke(
    @Param({ schema: machineIdSchema, pipes: [inputPipe] }) { id }: MachineId,
    @Req() request: FastifyRequest,
  ): Promise<void> {
    // An enrolled machine may have a key and never have come: its key is looked for first.
    if (await this.enrolment.revoke(id, callerOf(request.headers))) return;
    const { name } = await this.find(id);
    throw new ConflictError(
      `The machine "${name}" has no key of its own that could be revoked. If it uses the common worker key, drain it, and ` +
        'change that key or set acceptCommonWorkerKey to no.',
    );
  }

  private async find(id: string): Promise<Machine> {
    const machine = await this.machines.find(id, OFFLINE_AFTER_SECONDS);
    if (!machine) throw new NotFoundError('machine', id);
    return machine;
  }
}
