import { BlockList, isIP } from 'node:net';

const block = (family: 'ipv4' | 'ipv6', networks: readonly string[]): BlockList => {
  const list = new BlockList();
  for (const network of networks) {
    const [address, bits] = network.split('/');
    list.addSubnet(address!, Number(bits), family);
  }
  return list;
};

const LOOPBACK_V4 = block('ipv4', ['127.0.0.0/8']);
/** IANA IPv4 Special-Purpose Address Registry: what is not globally reachable, and multicast. */
const SPECIAL_V4 = block('ipv4', [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
]);
/** Link-local addresses, at which clouds offer their metadata: never, not even where private addresses are allowed. */
const LINK_LOCAL_V4 = block('ipv4', ['169.254.0.0/16', '0.0.0.0/8', '224.0.0.0/4', '240.0.0.0/4']);
const GLOBAL_V6 = block('ipv6', ['2000::/3']);
/** Of the global ones: Teredo, documentation, 6to4, which lead to IPv4 addresses of anybody's choice or nowhere. */
const SPECIAL_V6 = block('ipv6', ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20']);
const UNIQUE_LOCAL_V6 = block('ipv6', ['fc00::/7']);

/** Which addresses may be connected to besides public ones. */
export interface Reach {
  readonly loopback: boolean;
  readonly private: boolean;
}

/** Whether an IP address may be connected to. Addresses that stand for IPv4 ones within IPv6 are not public. */
export function isReachable(address: string, reach: Reach): boolean {
  const family = isIP(address);
  if (family === 4) {
    if (LOOPBACK_V4.check(address)) return reach.loopback || reach.private;
    if (!SPECIAL_V4.check(address)) return true;
    return reach.private && !LINK_LOCAL_V4.check(address);
  }
  if (family !== 6) return false;
  if (/^(0*:)*:?0*1$/.test(address) && !address.includes('.')) return reach.loopback || reach.private;
  if (UNIQUE_LOCAL_V6.check(address, 'ipv6')) return reach.private;
  return GLOBAL_V6.check(address, 'ipv6') && !SPECIAL_V6.check(address, 'ipv6');
}

/** Whether the host of a URL is this machine by name: those alone may be asked without TLS. */
export function isLoopbackHost(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '');
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && LOOPBACK_V4.check(host));
}
