import { Logger } from '@nestjs/common';
import { TestInstallation } from './docker-under-test.js';
import { containerRuntimeContract } from './container-runtime-contract.js';

Logger.overrideLogger(false);

let installation: TestInstallation;

containerRuntimeContract({
  name: 'docker',
  create: (workerId) => installation.runtime({ workerId }),
  remains: (workerId) => installation.containers(workerId),
  setUp: async () => {
    installation = await TestInstallation.create();
    // The image is made here, so that no test's time-out has to allow for it.
    await installation.runtime().prepare();
  },
  tearDown: () => installation.remove(),
});
