import type { SessionHolder } from '../../domain/signing/session.ts';
import type { Origin } from './attempting.ts';

/** A session of a customer, in the channel that asks. */
export const holderOf = (customerId: string, { channel, label }: Origin): SessionHolder => ({
  role: 'customer',
  customerId,
  channel,
  scopes: [],
  ...(label === null ? {} : { label }),
});
