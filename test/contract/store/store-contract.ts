import { describe } from '@jest/globals';
import { describeAppSettings } from './app-setting-contract.js';
import { describeRuns } from './batch-contract.js';
import { describeBatchDefinitions } from './definition-contract.js';
import { describeCalendars } from './calendar-contract.js';
import { describeCatalogue } from './catalogue-contract.js';
import { describeChunks } from './chunk-contract.js';
import { type DatabaseFactory, useStores } from './database-under-test.js';
import { describeCourses } from './course-contract.js';
import { describeDeadLetters } from './dead-letter-contract.js';
import { describeDurations } from './duration-contract.js';
import { describeEnrolment, describeOrders } from './fleet-contract.js';
import { describeInstallation } from './installation-contract.js';
import { describeOccurrences } from './occurrence-contract.js';
import { describeInputs } from './input-contract.js';
import { describePromises } from './invocation-contract.js';
import { describeInvocationLists } from './invocation-list-contract.js';
import { describeItems } from './item-contract.js';
import { describeMachineTime } from './machine-time-contract.js';
import { describeNotifications } from './notification-contract.js';
import { describeOutcomes } from './outcome-contract.js';
import { describePlacements } from './placement-contract.js';
import { describePolicies } from './policy-contract.js';
import { describeRetention } from './retention-contract.js';
import { describeRunSchedules } from './run-schedule-contract.js';
import { describeSchedules } from './schedule-contract.js';
import { describeAccessKeys, describeDeployments, describeMachines } from './small-stores-contract.js';
import { describeWork } from './work-contract.js';

/**
 * What every implementation of the store ports keeps, sentence by sentence of their documentation.
 * @param name of the database, for the tests' names
 * @param factory makes an empty database; called once
 */
export function describeStoreContract(name: string, factory: DatabaseFactory): void {
  describe(`the stores over ${name}`, () => {
    const stores = useStores(factory);
    describeInstallation(stores);
    describeCatalogue(stores);
    describeAppSettings(stores);
    describeSchedules(stores);
    describeDeployments(stores);
    describeAccessKeys(stores);
    describeMachines(stores);
    describeOrders(stores);
    describeEnrolment(stores);
    describePolicies(stores);
    describePlacements(stores);
    describeMachineTime(stores);
    describeWork(stores);
    describeDurations(stores);
    describePromises(stores);
    describeInvocationLists(stores);
    describeOutcomes(stores);
    describeRuns(stores);
    describeBatchDefinitions(stores);
    describeCalendars(stores);
    describeOccurrences(stores);
    describeRunSchedules(stores);
    describeChunks(stores);
    describeItems(stores);
    describeDeadLetters(stores);
    describeNotifications(stores);
    describeCourses(stores);
    describeInputs(stores);
    describeRetention(stores);
  });
}
