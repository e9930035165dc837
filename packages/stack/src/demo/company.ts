/** A company that buys at trade prices, on account, by its own rules. */
export const COMPANY = { name: 'Bergblick Hütten & Hotels GmbH', taxId: 'DE999999999' } as const;

const eur = (minorUnits: number) => ({ minorUnits, currency: 'EUR' });

/** A place that the company buys for; names are unique in the company. */
export const COMPANY_LOCATIONS = [
  {
    name: 'Hotel Bergblick',
    externalReference: 'BB-01',
    address: {
      recipient: 'Hotel Bergblick',
      street: 'Bahnhofstraße 12',
      city: 'Garmisch-Partenkirchen',
      postalCode: '82467',
      country: 'DE',
    },
    currency: 'EUR',
    priceListCode: 'b2b-eur',
    termsDays: 30,
    creditLimit: eur(1_000_000),
    defaultChannel: 'b2b',
  },
  {
    name: 'Karwendelhütte',
    externalReference: 'BB-02',
    address: {
      recipient: 'Karwendelhütte',
      street: 'Talweg 3',
      city: 'Scharnitz',
      postalCode: '6108',
      country: 'AT',
    },
    currency: 'EUR',
    priceListCode: 'b2b-eur',
    termsDays: 30,
    creditLimit: eur(250_000),
    taxExemption: { country: 'AT', number: 'ATU99999999' },
    defaultChannel: 'b2b',
  },
] as const;

export const COMPANY_MEMBERS = [
  { email: 'ruth.steiner@bergblick.example', role: 'ADMIN', location: 'Hotel Bergblick' },
  { email: 'lukas.gruber@bergblick.example', role: 'BUYER', location: 'Hotel Bergblick' },
  { email: 'hanna.moser@bergblick.example', role: 'APPROVER', location: 'Karwendelhütte' },
] as const;

/** Whoever orders for 2,000 EUR or more asks an approver. */
export const APPROVAL_RULE = {
  code: 'large-orders',
  totalAtLeast: eur(200_000),
  tiers: [{ level: 1, role: 'APPROVER', count: 1 }],
} as const;
