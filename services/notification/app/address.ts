import { lookup, type LookupAddress, type LookupOptions } from 'node:dns';
import { BlockList, isIP } from 'node:net';

/** Where a merchant's URL may not lead: our own network, and what stands for it. */
const PRIVATE = new BlockList();
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16], // metadata of clouds
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const)
  PRIVATE.addSubnet(network, prefix, 'ipv4');
for (const [network, prefix] of [
  ['2001::', 32], // Teredo and 6to4 carry an IPv4 address within
  ['2001:db8::', 32],
  ['2002::', 16],
] as const)
  PRIVATE.addSubnet(network, prefix, 'ipv6');

/** Of IPv6 only this is public: not loopback, link-local, unique-local, nor IPv4 in disguise. */
const GLOBAL_6 = new BlockList();
GLOBAL_6.addSubnet('2000::', 3, 'ipv6');

export class AddressNotAllowed extends Error {
  readonly code = 'address-not-allowed';

  constructor() {
    super('the address is not a public one');
  }
}

export function isPublic(address: string): boolean {
  if (isIP(address) === 4) return !PRIVATE.check(address, 'ipv4');
  return GLOBAL_6.check(address, 'ipv6') && !PRIVATE.check(address, 'ipv6');
}

/** Whether the host is an address, and no public one. A name is judged when it is resolved. */
export function isPrivateLiteral(hostname: string): boolean {
  const bare = hostname.replace(/^\[|\]$/g, '');
  return isIP(bare) !== 0 && !isPublic(bare);
}

type Found = (error: Error | null, address: string | LookupAddress[], family?: number) => void;

/**
 * Resolves a name for a connection, and refuses it where any of its addresses is private. The connection is made to the very addresses that
 * were checked: a second resolution could say something else (DNS rebinding).
 */
export function publicLookup(hostname: string, options: LookupOptions, found: Found): void {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    const [first] = addresses ?? [];
    if (error !== null || first === undefined) return found(error ?? new Error('no address'), '');
    if (!addresses.every((it) => isPublic(it.address))) return found(new AddressNotAllowed(), '');
    return options.all === true ? found(null, addresses) : found(null, first.address, first.family);
  });
}
