import { lookup, type LookupAddress } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';

/**
 * Where clouds answer a machine with its own secrets. Private addresses are receivers as good as any on premises; these never are, and
 * a redirect or a name of somebody else's must not lead there.
 */
const REFUSED = new BlockList();
// Link-local: AWS, Azure, Google Cloud, Oracle, DigitalOcean, and AWS's addresses for containers.
REFUSED.addSubnet('169.254.0.0', 16, 'ipv4');
REFUSED.addSubnet('fe80::', 10, 'ipv6');
REFUSED.addAddress('100.100.100.200', 'ipv4'); // Alibaba Cloud
REFUSED.addAddress('192.0.0.192', 'ipv4'); // Oracle Cloud, older
REFUSED.addAddress('168.63.129.16', 'ipv4'); // Azure's host
REFUSED.addAddress('fd00:ec2::254', 'ipv6'); // AWS
REFUSED.addAddress('fd20:ce::254', 'ipv6'); // Google Cloud

/** Whether nothing is ever sent to this address. @param address an IP address, in brackets or not */
export function isRefusedAddress(address: string): boolean {
  const bare = address.replace(/^\[|\]$/g, '');
  const family = isIP(bare);
  return family !== 0 && REFUSED.check(bare, family === 6 ? 'ipv6' : 'ipv4');
}

export class RefusedAddressError extends Error {
  constructor(address: string) {
    super(`${address} is an address of a cloud's metadata: nothing is sent there`);
    this.name = 'RefusedAddressError';
  }
}

/** Looks a name up and refuses it if any of its addresses is: so the address that is checked is the one that is connected to. */
export const checkedLookup: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
    const refused = error ? undefined : addresses.find(({ address }) => isRefusedAddress(address));
    const problem = refused ? new RefusedAddressError(refused.address) : error;
    const [first] = addresses ?? [];
    if (problem || !first) callback(problem ?? new Error(`${hostname} has no address`), '');
    else if (options.all) callback(null, addresses);
    else callback(null, first.address, first.family);
  });
};
