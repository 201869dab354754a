import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { OFFLINE_AFTER_SECONDS } from '#shared/domain/machine.js';
import { MachineStore } from '#shared/store/machine-store.js';
import { machineListView, toMachineView } from './machine-views.js';
import type { MachineListView } from './machine-views.js';

@ApiTags('machines')
@Controller('api/v1/machines')
export class MachinesController {
  constructor(private readonly machines: MachineStore) {}

  @Get()
  @ApiOperation({
    summary: 'The machines that have ever offered to run functions, by name, with their states.',
  })
  @ApiOkResponse({ standardSchema: machineListView })
  async list(): Promise<MachineListView> {
    const machines = await this.machines.list(OFFLINE_AFTER_SECONDS);
    return { machines: machines.map(toMachineView) };
  }
}
