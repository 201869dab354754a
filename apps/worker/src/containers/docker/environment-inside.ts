/** What the engine tells of a container's configuration. */
export interface ContainerConfig {
  readonly Hostname: string;
  /** `NAME=value`, the image's own among them; null: none. */
  readonly Env: readonly string[] | null;
}

/** What Linux engines and their runtimes add of their own accord. */
const DEFAULTS = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  // The only folder that can be written to.
  HOME: '/tmp',
};

/**
 * The environment of processes in a Linux container, without some variables.
 * @param without names of what it was given for the app that was in it first
 */
export function environmentInside(
  config: ContainerConfig,
  without: readonly string[],
): Record<string, string> {
  const given = (config.Env ?? []).map((entry): [string, string] => {
    const [name = ''] = entry.split('=', 1);
    return [name, entry.slice(name.length + 1)];
  });
  const kept = given.filter(([name]) => !without.includes(name));
  return { ...DEFAULTS, HOSTNAME: config.Hostname, ...Object.fromEntries(kept) };
}
