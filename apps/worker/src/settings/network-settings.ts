import { isIPv4 } from 'node:net';
import { z } from 'zod';
import type { DockerSettings } from '../containers/docker/docker-settings.js';
import { endpointOf } from '../containers/docker/networks/denied-endpoints.js';

const RULE = 'must be IPv4 ranges separated by commas, such as "10.0.0.0/8, 192.168.1.0/24"';

/** `deniedNetworks`: text from the environment or a flag, a list from the file. */
export const deniedNetworksSchema = z
  .union([z.string(), z.array(z.string())], RULE)
  .transform((value) => (typeof value === 'string' ? value.split(',') : value).map((part) => part.trim()))
  .transform((parts) => parts.filter((part) => part !== '').map(withBits))
  .refine((ranges) => ranges.every(isRange), RULE);

function withBits(range: string): string {
  return range.includes('/') ? range : `${range}/32`;
}

function isRange(range: string): boolean {
  const [address = '', bits = '', ...rest] = range.split('/');
  return isIPv4(address) && /^\d{1,2}$/.test(bits) && Number(bits) <= 32 && rest.length === 0;
}

/** Of the worker's settings, those that say what containers must not reach. */
interface NetworkValues {
  readonly deniedNetworks: readonly string[];
  readonly allowUnfilteredNetwork: boolean;
  readonly isProduction: boolean;
  readonly managementUrl: string;
  readonly redisUrl: string;
  readonly databaseUrl: string;
  readonly dockerHost?: string | undefined;
}

/** The services that the worker itself depends on are no business of a function's. */
export function networkSettings(settings: NetworkValues): Pick<DockerSettings, 'denied' | 'requireFilter'> {
  const { managementUrl, redisUrl, databaseUrl, dockerHost } = settings;
  const endpoints = [managementUrl, redisUrl, databaseUrl, dockerHost].map(endpointOf);
  return {
    denied: {
      networks: settings.deniedNetworks,
      endpoints: endpoints.filter((endpoint) => endpoint !== undefined),
    },
    requireFilter: settings.isProduction && !settings.allowUnfilteredNetwork,
  };
}
