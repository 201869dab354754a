import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { dockerClient } from '../docker/docker-client.mjs';
import { redisConfiguration } from './redis-server.mjs';

const DEFAULT_IMAGE = 'redis:7-alpine';
const STOP_GRACE_SECONDS = 20;
/** Inside the container; outside, the engine binds it to a free port of 127.0.0.1. */
const INNER_PORT = 6379;

/**
 * Runs Redis in a container, with its data in a folder of ours.
 *
 * The container is named after that folder, so a start finds what an earlier one left, and replaces it. The password
 * stands in the container's environment, which only those may read who may use the engine.
 * @param {{ folder: string, password: string, image?: string }} wanted
 * @returns {Promise<{ port: number, stop: () => Promise<void> }>}
 */
export async function startRedisContainer({ folder, password, image = DEFAULT_IMAGE }) {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const docker = await dockerClient();
  await pullIfAbsent(docker, image);
  const name = `nightjar-redis-${createHash('sha256').update(folder).digest('hex').slice(0, 12)}`;
  await removeIfPresent(docker, name);
  const container = await docker.createContainer(containerSettings({ name, image, folder, password }));
  await container.start();
  const { NetworkSettings } = await container.inspect();
  const port = Number(NetworkSettings.Ports[`${INNER_PORT}/tcp`]?.[0]?.HostPort);
  return { port, stop: () => stopAndRemove(container) };
}

/** @param {{ name: string, image: string, folder: string, password: string }} wanted */
function containerSettings({ name, image, folder, password }) {
  const owner = process.getuid && process.getgid ? `${process.getuid()}:${process.getgid()}` : undefined;
  const configuration = redisConfiguration({ port: INNER_PORT, password, folder: '/data' }).replace(
    'bind 127.0.0.1',
    'bind * -::*', // The container's own network: the engine publishes the port on loopback only.
  );
  return {
    name,
    Image: image,
    User: owner, // The files then belong to whoever starts Nightjar, as with a program started here.
    Entrypoint: ['redis-server'],
    Cmd: [...asArguments(configuration)],
    Labels: { 'nightjar.role': 'redis', 'nightjar.data-folder': folder },
    ExposedPorts: { [`${INNER_PORT}/tcp`]: {} },
    HostConfig: {
      Binds: [`${folder}:/data`],
      PortBindings: { [`${INNER_PORT}/tcp`]: [{ HostIp: '127.0.0.1', HostPort: '' }] },
    },
  };
}

/**
 * Redis takes each directive as `--name value` too.
 * @param {string} configuration
 */
export function asArguments(configuration) {
  return configuration
    .split('\n')
    .filter(Boolean)
    .flatMap((line) => {
      const [name = '', ...values] = line.split(' ');
      return [`--${name}`, ...values.map((value) => value.replaceAll('"', ''))];
    });
}

/** @param {import('dockerode')} docker @param {string} image */
async function pullIfAbsent(docker, image) {
  const present = await docker
    .getImage(image)
    .inspect()
    .then(() => true)
    .catch(() => false);
  if (present) return;
  console.log(`Pulling the image ${image} …`);
  const progress = await docker.pull(image);
  await new Promise((resolve, reject) => {
    docker.modem.followProgress(progress, (error) => (error ? reject(error) : resolve(undefined)));
  });
}

/** @param {import('dockerode')} docker @param {string} name */
async function removeIfPresent(docker, name) {
  const [left] = await docker.listContainers({ all: true, filters: { name: [`^/${name}$`] } });
  if (left) await stopAndRemove(docker.getContainer(left.Id));
}

/** @param {import('dockerode').Container} container */
async function stopAndRemove(container) {
  // 304: it stands still already. Stopped rather than removed by force, so that Redis writes its last data.
  await container.stop({ t: STOP_GRACE_SECONDS }).catch(() => undefined);
  await container.remove({ force: true, v: true });
}
