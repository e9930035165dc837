import { createHmac } from 'node:crypto';
import type { Buyer } from '../domain/pricing-context.ts';
import type { PromisedBuyer } from '../domain/quote/promised-quote.ts';

/**
 * What a token says of a buyer: the customer, and a digest (HMAC-SHA-256 under the key of quotes) of all that prices depend on. Groups and
 * companies are not for shoppers to read, nor to guess by trying.
 */
export function promisedBuyer(
  { customerId, companyId, companyLocationId, groups }: Buyer,
  key: Uint8Array,
): PromisedBuyer {
  const digest = createHmac('sha256', key)
    .update(JSON.stringify([customerId, companyId, companyLocationId, [...groups].sort()]))
    .digest('base64url');
  return { customerId, digest };
}
