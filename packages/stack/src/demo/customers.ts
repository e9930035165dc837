/** Somebody who shops; telephone numbers are from ranges that are set aside for fiction. */
export interface DemoCustomer {
  readonly email: string;
  readonly givenName: string;
  readonly familyName: string;
  readonly phone: string | null;
  readonly loyaltyCard?: string;
  /** Whether they can sign in with `DEMO_PASSWORD`; their address is verified then. */
  readonly hasPassword?: boolean;
}

/** With it people of the demo sign in on the web, on the phone and in the portal. It is printed and protects nothing. */
export const DEMO_PASSWORD = 'mountain-weather';

export const CUSTOMERS: readonly DemoCustomer[] = [
  {
    email: 'jana.lindqvist@example.com',
    givenName: 'Jana',
    familyName: 'Lindqvist',
    phone: '+493023125014',
    loyaltyCard: 'KT7204418',
    hasPassword: true,
  },
  {
    email: 'ruth.steiner@bergblick.example',
    givenName: 'Ruth',
    familyName: 'Steiner',
    phone: '+493023125077',
    hasPassword: true,
  },
  {
    email: 'lukas.gruber@bergblick.example',
    givenName: 'Lukas',
    familyName: 'Gruber',
    phone: '+493023125078',
    hasPassword: true,
  },
  {
    email: 'hanna.moser@bergblick.example',
    givenName: 'Hanna',
    familyName: 'Moser',
    phone: null,
    hasPassword: true,
  },
  {
    email: 'amelie.fournier@example.com',
    givenName: 'Amélie',
    familyName: 'Fournier',
    phone: '+33199005127',
    loyaltyCard: 'KT7204501',
  },
  {
    email: 'oliver.hartley@example.com',
    givenName: 'Oliver',
    familyName: 'Hartley',
    phone: '+442079460321',
  },
  {
    email: 'pieter.dewit@example.com',
    givenName: 'Pieter',
    familyName: 'de Wit',
    phone: null,
  },
  {
    email: 'maya.thompson@example.com',
    givenName: 'Maya',
    familyName: 'Thompson',
    phone: '+16145550142',
  },
];
