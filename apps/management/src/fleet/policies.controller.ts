import { Body, Controller, Delete, Get, HttpCode, Param, Put, Req } from '@nestjs/common';
import {
  ApiBadRequestResponse,
  ApiNoContentResponse,
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { checkPolicyLayer } from '#shared/contracts/capacity-policy/check-layer.js';
import { InvalidInputError, NotFoundError } from '#shared/domain/errors.js';
import type { PolicyKey, PolicyKnobs } from '#shared/domain/machine-policy.js';
import { OFFLINE_AFTER_SECONDS } from '#shared/domain/machine.js';
import { MachineStore } from '#shared/store/machine-store.js';
import { PolicyStore } from '#shared/store/policy-store.js';
import { callerOf } from '../access/presented-key.js';
import { inputPipe } from '../http/input-pipe.js';
import { problemsOfChange, type PolicyToBe } from './policy-change.js';
import { policyKeySchema, policyKnobsSchema } from './policy-requests.js';
import {
  policyHistoryView,
  policyListView,
  policyView,
  toHistoryView,
  toPolicyView,
} from './policy-views.js';
import type { PolicyHistoryView, PolicyListView, PolicyView } from './policy-views.js';

/** Capacity policies of machines, groups and pools. Machines hear of a change with their next heartbeat. */
@ApiTags('policies')
@Controller('api/v1/policies')
export class PoliciesController {
  constructor(
    private readonly policies: PolicyStore,
    private readonly machines: MachineStore,
  ) {}

  @Get()
  @ApiOperation({ summary: 'All capacity policies that hold now, by scope and name.' })
  @ApiOkResponse({ standardSchema: policyListView })
  async list(): Promise<PolicyListView> {
    return { policies: (await this.policies.list()).map(toPolicyView) };
  }

  @Get(':scope/:name')
  @ApiOperation({ summary: 'One capacity policy: of a machine, of a group (a label), or of a pool.' })
  @ApiOkResponse({ standardSchema: policyView })
  @ApiNotFoundResponse({ description: 'There is no such policy now.' })
  async show(@Param({ schema: policyKeySchema, pipes: [inputPipe] }) key: PolicyKey): Promise<PolicyView> {
    const policy = await this.policies.find(key);
    if (!policy) throw new NotFoundError(`policy of the ${key.scope}`, key.name);
    return toPolicyView(policy);
  }

  @Put(':scope/:name')
  @ApiOperation({
    summary: 'Replaces a capacity policy: all its knobs, so send those that stay too.',
    description:
      'A knob of the machine’s policy goes before that of its groups, that one before its pool’s, that one before what the settings ' +
      'of its worker say. A change that would make the policy of any known machine contradict itself is refused, and names it.',
  })
  @ApiOkResponse({ standardSchema: policyView })
  @ApiBadRequestResponse({ description: 'A knob is not right, or two contradict each other: each is named.' })
  @ApiNotFoundResponse({ description: 'There is no such machine.' })
  async replace(
    @Param({ schema: policyKeySchema, pipes: [inputPipe] }) key: PolicyKey,
    @Body({ schema: policyKnobsSchema, pipes: [inputPipe] }) knobs: PolicyKnobs,
    @Req() request: FastifyRequest,
  ): Promise<PolicyView> {
    checkPolicyLayer(key.scope, knobs);
    await this.refuseContradictions({ ...key, knobs });
    return toPolicyView(await this.policies.put({ ...key, knobs, changedBy: callerOf(request.headers) }));
  }

  @Delete(':scope/:name')
  @HttpCode(204)
  @ApiOperation({ summary: 'Removes a capacity policy. Its history stays.' })
  @ApiNoContentResponse()
  @ApiBadRequestResponse({ description: 'What is left would contradict itself on some machine.' })
  @ApiNotFoundResponse({ description: 'There is no such policy now.' })
  async remove(
    @Param({ schema: policyKeySchema, pipes: [inputPipe] }) key: PolicyKey,
    @Req() request: FastifyRequest,
  ): Promise<void> {
    await this.show(key);
    await this.refuseContradictions({ ...key, knobs: null });
    await this.policies.remove(key, callerOf(request.headers));
  }

  @Get(':scope/:name/history')
  @ApiOperation({
    summary: 'The newest 1,000 versions of a capacity policy, the newest first: who, when, what.',
  })
  @ApiOkResponse({ standardSchema: policyHistoryView })
  @ApiNotFoundResponse({ description: 'There never was such a policy.' })
  async history(
    @Param({ schema: policyKeySchema, pipes: [inputPipe] }) key: PolicyKey,
  ): Promise<PolicyHistoryView> {
    const versions = await this.policies.history(key);
    if (versions.length === 0) throw new NotFoundError(`policy of the ${key.scope}`, key.name);
    return toHistoryView(versions);
  }

  private async refuseContradictions(change: PolicyToBe): Promise<void> {
    const machines = await this.machines.list(OFFLINE_AFTER_SECONDS);
    const isMachine = change.scope === 'machine' && change.knobs !== null;
    if (isMachine && !machines.some(({ id }) => id === change.name))
      throw new NotFoundError('machine', change.name);
    const problems = problemsOfChange(change, await this.policies.list(), machines);
    if (problems.length > 0)
      throw new InvalidInputError(
        'With this change, capacity policies would contradict each other.',
        problems,
      );
  }
}
