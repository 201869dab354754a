import { Inject, Injectable } from '@nestjs/common';
import type { BatchDefinition } from '#shared/domain/batch-definition.js';
import { InvalidInputError } from '#shared/domain/errors.js';
import { SETTINGS, type Settings } from '../../config.js';
import { problemsOfReceivers } from '../../notifications/notification-settings.js';

/** Whether what a definition's `notify` names is there: secrets, and a server that takes e-mails. */
@Injectable()
export class ReceiverCheck {
  constructor(@Inject(SETTINGS) private readonly settings: Pick<Settings, 'webhookSecrets' | 'smtp'>) {}

  /** Throws `InvalidInputError`. */
  check({ app, name, notify }: Pick<BatchDefinition, 'app' | 'name' | 'notify'>): void {
    const problems = notify ? problemsOfReceivers(notify, this.settings) : [];
    if (problems.length > 0)
      throw new InvalidInputError(`The batch definition ${app}/${name} is not right.`, problems);
  }
}
