import { lookup as lookUp, type LookupAddress } from 'node:dns';
import { request as requestPlain } from 'node:http';
import { request as requestTls } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { isLoopbackHost, isReachable, type Reach } from './reachable-addresses.ts';

const MAX_BYTES = 256 * 1024;

/** An address that is not asked: it is private, or not secured. */
export class UnreachableAddress extends Error {
  override name = 'UnreachableAddress';
}

/** Names that resolve to any address that is not reachable are refused as a whole: which of the addresses is taken is not ours to choose. */
const guardedLookup =
  (reach: Reach): LookupFunction =>
  (hostname, options, callback) =>
    lookUp(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
      if (error) return callback(error, '');
      const [first] = addresses;
      if (!first || !addresses.every(({ address }) => isReachable(address, reach)))
        return callback(new UnreachableAddress(`${hostname} is at an address that is not asked.`), '');
      return options.all ? callback(null, addresses) : callback(null, first.address, first.family);
    });

/**
 * Fetches a small document, by TLS except from this machine, checking each address that is connected to, so that a name which resolves to
 * another address the second time gains nothing. Redirects are not followed.
 * @returns its text. @throws Error when it is not there whole within the signal's time, not answered with 200, or larger than 256 KB.
 */
export function fetchDocument(
  address: string,
  { reach, signal }: { readonly reach: Reach; readonly signal: AbortSignal },
): Promise<string> {
  const url = new URL(address);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const isPlain = url.protocol === 'http:' && isLoopbackHost(url.hostname) && (reach.loopback || reach.private);
  if (!isPlain && url.protocol !== 'https:') throw new UnreachableAddress('Only https is asked.');
  // An address in the URL is connected to without a lookup.
  if (isIP(host) !== 0 && !isReachable(host, reach)) throw new UnreachableAddress('This address is not asked.');
  return new Promise((resolve, reject) => {
    const options = { method: 'GET', headers: { accept: 'application/json' }, lookup: guardedLookup(reach), signal };
    const outgoing = (isPlain ? requestPlain : requestTls)(url, options, (answer) => {
      const chunks: Buffer[] = [];
      let size = 0;
      if (answer.statusCode !== 200)
        return void answer.destroy(new Error(`It was answered with ${answer.statusCode}.`));
      answer.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size > MAX_BYTES) answer.destroy(new Error(`It is larger than ${MAX_BYTES} bytes.`));
        else chunks.push(chunk);
      });
      answer.on('end', () => resolve(Buffer.concat(chunks).toString()));
      answer.on('error', reject);
      answer.on('close', () => reject(new Error('It ended too soon.')));
    });
    outgoing.on('error', reject);
    outgoing.end();
  });
}
