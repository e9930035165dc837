import { lastOfCard, maskEmail, maskPhone } from '../domain/searching/mask.ts';
import type { CustomerMatchResolvers } from '../generated/schema.ts';
import { asSeenBy } from './visibility.ts';

export const CustomerMatch: CustomerMatchResolvers = {
  customer: (match, _, { caller }) => asSeenBy(caller, match),
  displayName: ({ givenName, familyName }) => [givenName, familyName].filter(Boolean).join(' ') || null,
  maskedEmail: ({ email }) => email && maskEmail(email),
  maskedPhone: ({ phone }) => phone && maskPhone(phone),
  loyaltyCardLast4: ({ loyaltyCard }) => loyaltyCard && lastOfCard(loyaltyCard),
};
