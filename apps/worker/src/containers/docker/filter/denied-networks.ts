/**
 * What no container reaches, whatever its policy and its allow list.
 * Link-local holds the metadata addresses of AWS, Azure, Google and most others, which hand out the machine's credentials.
 */
export const ALWAYS_DENIED: readonly string[] = [
  '0.0.0.0/8',
  '127.0.0.0/8',
  '169.254.0.0/16',
  // Metadata of Alibaba Cloud and of Oracle Cloud, and Azure's host agent.
  '100.100.100.200/32',
  '192.0.0.192/32',
  '168.63.129.16/32',
  // Multicast, reserved, broadcast: how machines of a local network find each other.
  '224.0.0.0/4',
  '240.0.0.0/4',
];

/**
 * Bridges of other programs that run containers or virtual machines here. The engine keeps its own networks apart by itself:
 * they are not named, because the names it gives (`br-…`) may be those of a machine's way out.
 */
export const LOCAL_BRIDGES: readonly string[] = [
  'docker0',
  'virbr+',
  'podman+',
  'cni+',
  'lxcbr+',
  'lxdbr+',
  'incusbr+',
  'vnet+',
  'veth+',
];
