import { dockerClient } from './docker-client.mjs';

const LABEL_PREFIX = 'nightjar.';

/**
 * The containers that Nightjar made, running or not.
 * @returns {Promise<Map<string, string>>} id → name, state and labels in words
 */
export async function nightjarContainers() {
  const docker = await dockerClient();
  const all = await docker.listContainers({ all: true });
  return new Map(all.filter(isOurs).map((container) => [container.Id, inWords(container)]));
}

/** @param {import('dockerode').ContainerInfo} container */
function isOurs(container) {
  return Object.keys(container.Labels).some((label) => label.startsWith(LABEL_PREFIX));
}

/** @param {import('dockerode').ContainerInfo} container */
function inWords({ Id, Names, State, Labels }) {
  const labels = Object.entries(Labels).filter(([name]) => name.startsWith(LABEL_PREFIX));
  const shown = labels.map(([name, value]) => `${name}=${value}`).join(' ');
  return `${Names[0] ?? Id.slice(0, 12)} (${State}) ${shown}`;
}
