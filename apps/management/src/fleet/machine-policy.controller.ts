import { Controller, Get, Param } from '@nestjs/common';
import { ApiNotFoundResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { NotFoundError } from '#shared/domain/errors.js';
import { policiesFor } from '#shared/domain/machine-policy.js';
import { OFFLINE_AFTER_SECONDS } from '#shared/domain/machine.js';
import { MachineStore } from '#shared/store/machine-store.js';
import { PolicyStore } from '#shared/store/policy-store.js';
import { inputPipe } from '../http/input-pipe.js';
import { canPauseOn, compiledFor, layersFor, policyMachineOf } from './machine-policy.js';
import { machineIdSchema, type MachineId } from './machine-requests.js';
import { machinePolicyView, toKeyView, toKnobsView, type MachinePolicyView } from './policy-views.js';

@ApiTags('policies')
@Controller('api/v1/machines/:id/policy')
export class MachinePolicyController {
  constructor(
    private readonly machines: MachineStore,
    private readonly policies: PolicyStore,
  ) {}

  @Get()
  @ApiOperation({
    summary: 'The capacity policy of one machine: every knob, and which layer says so.',
    description:
      'What the worker makes of its own settings and of the policies here, once it has heard of them with a heartbeat. Of a worker ' +
      'that does not tell its settings, zone or engine, the usual is taken: dedicated, UTC, and that only Windows can’t pause.',
  })
  @ApiOkResponse({ standardSchema: machinePolicyView })
  @ApiNotFoundResponse({ description: 'There is no such machine.' })
  async show(
    @Param({ schema: machineIdSchema, pipes: [inputPipe] }) { id }: MachineId,
  ): Promise<MachinePolicyView> {
    const machine = await this.machines.find(id, OFFLINE_AFTER_SECONDS);
    if (!machine) throw new NotFoundError('machine', id);
    const applying = policiesFor(await this.policies.list(), machine);
    const { explained, problems } = compiledFor(layersFor(machine, applying), policyMachineOf(machine));
    return {
      policies: applying.map(toKeyView),
      knobs: explained && toKnobsView(explained, applying, canPauseOn(machine)),
      problems: [...problems],
    };
  }
}
