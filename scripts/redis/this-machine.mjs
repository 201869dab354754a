import {
  canInstallDebianPackages,
  installDebianPackage,
  stopPackagedService,
} from '../debian/debian-packages.mjs';
import { dockerVersion } from '../docker/docker-client.mjs';
import { findProgram } from '../setup/find-program.mjs';

/**
 * @typedef {object} RedisMachine the machine as the search for a Redis sees it; tests give another
 * @property {NodeJS.ProcessEnv} environment
 * @property {() => string | undefined} findServer
 * @property {() => Promise<boolean>} dockerAnswers
 * @property {() => boolean} canInstallPackages
 * @property {() => void} installServer
 * @property {(message: string) => void} say
 */

const SERVER_PROGRAMS = ['redis-server', 'valkey-server'];

/** @returns {RedisMachine} */
export function thisMachine() {
  return {
    environment: process.env,
    findServer: findRedisServer,
    dockerAnswers: async () => (await dockerVersion()) !== undefined,
    canInstallPackages: canInstallDebianPackages,
    installServer: installRedisServer,
    say: console.log,
  };
}

/** The absolute path of a Redis or Valkey server, if there is one. */
export function findRedisServer() {
  return findProgram(SERVER_PROGRAMS);
}

/** Installs Debian's Redis without leaving its service running. */
export function installRedisServer() {
  installDebianPackage('redis-server');
  stopPackagedService('redis-server');
}
