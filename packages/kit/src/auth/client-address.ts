import { BlockList, isIP, isIPv4, isIPv6 } from 'node:net';
import type { IncomingHttpHeaders } from 'node:http';
import { z } from 'zod';

/** How our own services tell each other the address of a client. From anybody else it means nothing. */
export const CLIENT_ADDRESS_HEADER = 'x-kontor-client-address';

/** Proxies in a row, at most. */
const MOST_HOPS = 32;
const MAPPED = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/;
/** Some proxies tell the port, too. */
const WITH_PORT = /^(?:\[([^\]]*)\]|([\d.]+))(?::\d{1,5})?$/;

/** Whether an address, as `normalAddress` writes it, is that of a proxy that says whom it speaks for. */
export type IsProxy = (address: string) => boolean;

/** What a connection tells of its client. */
interface Incoming {
  readonly socket: { readonly remoteAddress?: string | undefined };
  readonly headers: IncomingHttpHeaders;
}

/** The setting `TRUSTED_PROXIES`: networks in CIDR notation or addresses, separated by commas; none by default. */
export const trustedProxies = () =>
  z
    .string()
    .default('')
    .transform((list, ctx): readonly string[] => {
      const networks = list.split(',').flatMap((each) => each.trim() || []);
      const wrong = networks.find((each) => readNetwork(each) === null);
      if (wrong === undefined) return networks;
      ctx.addIssue(`must be networks such as 10.0.0.0/8, separated by commas: ${wrong} is none`);
      return z.NEVER;
    })
    .describe('networks of the proxies before this service whose X-Forwarded-For is believed, in CIDR notation');

/** Makes the test for addresses of proxies. @param networks in CIDR notation, or single addresses. @throws Error naming one that is neither. */
export function proxiesIn(networks: readonly string[]): IsProxy {
  const list = new BlockList();
  for (const network of networks) {
    const read = readNetwork(network);
    if (!read) throw new Error(`${network} is no network in CIDR notation, such as 10.0.0.0/8.`);
    list.addSubnet(read.address, read.prefix, read.family);
  }
  return (address) => list.check(address, isIPv4(address) ? 'ipv4' : 'ipv6');
}

/**
 * The address of a client that came in from outside: that of the connection, or, where that is a proxy's, the last one in `X-Forwarded-For` that is
 * not a proxy's. Everything to the left of it is what the client says of itself. @returns undefined when the connection is gone.
 */
export function addressOfClient({ socket, headers }: Incoming, isProxy: IsProxy): string | undefined {
  let address = normalAddress(socket.remoteAddress ?? '');
  if (address === undefined || !isProxy(address)) return address;
  const forwarded = headers['x-forwarded-for'];
  const hops = (Array.isArray(forwarded) ? forwarded.join(',') : (forwarded ?? '')).split(',').slice(-MOST_HOPS);
  for (const hop of hops.reverse()) {
    const [, bracketed, plain] = WITH_PORT.exec(hop.trim()) ?? [];
    const next = normalAddress(bracketed ?? plain ?? hop.trim());
    // Whoever wrote what is no address is no proxy of ours: the one before it is all that is known.
    if (next === undefined) return address;
    address = next;
    if (!isProxy(address)) return address;
  }
  return address;
}

/** The address that one of our own services tells in headers, or in the payload of connection_init; undefined when it tells none. */
export function readClientAddress(said: Readonly<Record<string, unknown>>): string | undefined {
  const value = Object.hasOwn(said, CLIENT_ADDRESS_HEADER) ? said[CLIENT_ADDRESS_HEADER] : undefined;
  return typeof value === 'string' ? normalAddress(value) : undefined;
}

/** An address in its one way to be written (RFC 5952): IPv4 in IPv6 as IPv4, without a zone. @returns undefined for what is none. */
export function normalAddress(text: string): string | undefined {
  if (text.length > 64) return undefined;
  if (isIPv4(text)) return text;
  if (!isIPv6(text)) return undefined;
  const written = new URL(`http://[${text.split('%', 1)[0]}]`).hostname.slice(1, -1);
  const [, high, low] = MAPPED.exec(written) ?? [];
  if (high === undefined || low === undefined) return written;
  const [first, second] = [Number.parseInt(high, 16), Number.parseInt(low, 16)];
  return [first >> 8, first & 255, second >> 8, second & 255].join('.');
}

/**
 * What counts as one client in limits: an IPv4 address, or the /64 of an IPv6 address, of which everybody has all addresses to themselves (RFC 4291,
 * 2.5.4). @param address as `normalAddress` writes it; anything else counts as itself.
 */
export function addressKey(address: string): string {
  if (!isIPv6(address)) return address;
  const [before = '', after] = address.split('::') as [string, string?];
  const head = before === '' ? [] : before.split(':');
  const tail = after === undefined || after === '' ? [] : after.split(':');
  const zeros = after === undefined ? 0 : 8 - head.length - tail.length;
  const groups = [...head, ...Array.from({ length: zeros }, () => '0'), ...tail];
  return `${groups.slice(0, 4).join(':')}::/64`;
}

function readNetwork(text: string): { address: string; prefix: number; family: 'ipv4' | 'ipv6' } | null {
  const [, address = '', prefix] = /^([^/%]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const version = isIP(address);
  if (version === 0) return null;
  const most = version === 4 ? 32 : 128;
  const length = prefix === undefined ? most : Number(prefix);
  return length > most ? null : { address, prefix: length, family: version === 4 ? 'ipv4' : 'ipv6' };
}
