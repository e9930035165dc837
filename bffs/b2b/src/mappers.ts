/** What resolvers get as their parent, where that is not the channel's own type. */
import type { CreditPartsFragment } from './generated/upstream.ts';

export type CompanyCreditMapper = CreditPartsFragment;
