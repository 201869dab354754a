const ANSWER_WITHIN_MS = 5_000;

/**
 * A client for the Docker engine that DOCKER_HOST or the usual socket names.
 * @returns {Promise<import('dockerode')>}
 */
export async function dockerClient() {
  const { default: Docker } = await import('dockerode');
  return new Docker();
}

/**
 * Asks the engine for its version.
 * @returns {Promise<string | undefined>} undefined when no engine answers
 */
export async function dockerVersion() {
  const docker = await dockerClient();
  const late = new Promise((resolve) => setTimeout(resolve, ANSWER_WITHIN_MS).unref());
  const answer = await Promise.race([docker.version().catch(() => undefined), late]);
  return /** @type {{ Version?: string } | undefined} */ (answer)?.Version;
}
