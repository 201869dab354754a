import { installPackages } from './install-packages.mjs';
import { continueUnderPinnedNode } from './pinned-node.mjs';
import { repositoryFolder } from './repository.mjs';

const OLDEST_NODE_MAJOR = 20;

/**
 * What every script of package.json does first, with nothing but Node and npm on the machine: check the Node, install
 * the packages, go on under the pinned Node. Returns only there.
 * @param {string} script absolute path of the calling script
 */
export async function bootstrap(script) {
  const major = Number(process.versions.node.split('.')[0]);
  if (major < OLDEST_NODE_MAJOR) {
    fail(
      new Error(
        `Nightjar needs Node ${OLDEST_NODE_MAJOR} or newer to start from; this is ${process.version}`,
      ),
    );
  }
  process.chdir(repositoryFolder);
  try {
    installPackages(repositoryFolder);
    await continueUnderPinnedNode(script);
  } catch (error) {
    fail(error);
  }
}

/** @param {unknown} error @returns {never} */
function fail(error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
