/** Somebody who shops; telephone numbers are from ranges that are set aside for fiction. */
export interface DemoCustomer {
  readonly email: string;
  readonly givenName: string;
  readonly familyName: string;
  readonly phone: string | null;
  /** Whether they buy for the company. */
  readonly buysForCompany: boolean;
}

export const COMPANY = { name: 'Bergblick Hütten & Hotels GmbH', taxId: 'DE999999999' } as const;

export const CUSTOMERS: readonly DemoCustomer[] = [
  {
    email: 'jana.lindqvist@example.com',
    givenName: 'Jana',
    familyName: 'Lindqvist',
    phone: '+493023125014',
    buysForCompany: false,
  },
  {
    email: 'ruth.steiner@bergblick.example',
    givenName: 'Ruth',
    familyName: 'Steiner',
    phone: '+493023125077',
    buysForCompany: true,
  },
  {
    email: 'amelie.fournier@example.com',
    givenName: 'Amélie',
    familyName: 'Fournier',
    phone: '+33199005127',
    buysForCompany: false,
  },
  {
    email: 'oliver.hartley@example.com',
    givenName: 'Oliver',
    familyName: 'Hartley',
    phone: '+442079460321',
    buysForCompany: false,
  },
  {
    email: 'pieter.dewit@example.com',
    givenName: 'Pieter',
    familyName: 'de Wit',
    phone: null,
    buysForCompany: false,
  },
  {
    email: 'maya.thompson@example.com',
    givenName: 'Maya',
    familyName: 'Thompson',
    phone: '+16145550142',
    buysForCompany: false,
  },
];
