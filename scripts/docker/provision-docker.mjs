import { setTimeout as sleep } from 'node:timers/promises';
import { canInstallDebianPackages, installDebianPackage } from '../debian/debian-packages.mjs';
import { putLogAside, ServiceProcess } from '../services/service-process.mjs';
import { findProgram } from '../setup/find-program.mjs';
import { dockerVersion } from './docker-client.mjs';
import { removeDockerdLeftovers } from './dockerd-leftovers.mjs';

/** A daemon with many old containers takes its time to look at them all. */
const ANSWERS_WITHIN_MS = 60_000;
const STOP_GRACE_MS = 30_000;
const LOOK_MS = 200;

export const DOCKER_ADVICE =
  'There is no Docker engine: tests that run containers fail. Install one (apt-get install docker.io), ' +
  'start it, or set DOCKER_HOST.';

/**
 * @typedef {object} ProvisionedDocker
 * @property {string | undefined} version undefined: there is none, and `advice` says what to do
 * @property {string} [advice]
 * @property {() => Promise<unknown>} stop ends the daemon if it was started here
 */

/**
 * Gets a Docker engine: the one that answers, else a dockerd started here (installed first where that is possible).
 * @param {{ logFile: string }} options
 * @returns {Promise<ProvisionedDocker>}
 */
export async function provisionDocker({ logFile }) {
  const version = await dockerVersion();
  if (version) return { version, stop: async () => undefined };
  if (process.env.DOCKER_HOST)
    return none(`DOCKER_HOST is ${process.env.DOCKER_HOST}, and nothing answers there.`);
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return none();
  const program = findDockerd();
  return program ? startDockerd(program, logFile) : none();
}

function findDockerd() {
  const present = findProgram(['dockerd']);
  if (present || !canInstallDebianPackages()) return present;
  try {
    installDebianPackage('docker.io');
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
  }
  return findProgram(['dockerd']);
}

/**
 * @param {string} program
 * @param {string} logFile
 * @returns {Promise<ProvisionedDocker>}
 */
async function startDockerd(program, logFile) {
  const livesAlready = removeDockerdLeftovers();
  if (livesAlready) return waitForOther();
  putLogAside(logFile);
  const daemon = new ServiceProcess({
    name: 'dockerd',
    command: program,
    args: [],
    logFile,
    graceMs: STOP_GRACE_MS,
  });
  daemon.start();
  const version = await answerWithin(() => daemon.isRunning);
  if (version) return { version, stop: () => daemon.stop() };
  const how = daemon.isRunning ? 'does not answer' : `ended (${await daemon.ended})`;
  await daemon.stop();
  return none(`${program} ${how}; see ${logFile}.`);
}

/** A dockerd that somebody else started, or that the package just did: it is theirs to stop. */
async function waitForOther() {
  const version = await answerWithin(() => true);
  return version ? { version, stop: async () => undefined } : none('A dockerd runs, but does not answer.');
}

/** @param {() => boolean} stillWorth */
async function answerWithin(stillWorth) {
  const deadline = performance.now() + ANSWERS_WITHIN_MS;
  while (stillWorth() && performance.now() < deadline) {
    const version = await dockerVersion();
    if (version) return version;
    await sleep(LOOK_MS);
  }
  return undefined;
}

/**
 * @param {string} [reason]
 * @returns {ProvisionedDocker}
 */
function none(reason) {
  return {
    version: undefined,
    advice: [reason, DOCKER_ADVICE].filter(Boolean).join(' '),
    stop: async () => undefined,
  };
}
