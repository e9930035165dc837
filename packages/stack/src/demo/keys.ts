/** A credential of the demo. It is printed, documented and offered in the IDE: it protects nothing. */
export interface DemoKey {
  /** What people choose it by. */
  readonly label: string;
  /** The secret, as it stands behind `Authorization: Bearer`. */
  readonly key: string;
  readonly description: string;
  readonly role: 'customer' | 'staff' | 'integration';
  /** The channel it is bound to; null when it works in all that let its role in. */
  readonly channel: string | null;
  /** What it may do beyond its role. */
  readonly scopes: readonly string[];
  /** Whom it signs in. */
  readonly customerEmail?: string;
  /** The location of its register. */
  readonly locationCode?: string;
}

const SHOPPER: DemoKey = {
  label: 'Jana, signed in',
  key: 'demo_customer_jana_lindqvist',
  description: 'A customer; the same person on the web and on the phone.',
  role: 'customer',
  channel: null,
  scopes: [],
  customerEmail: 'jana.lindqvist@example.com',
};

/** The keys that each endpoint of the demo takes. One key may stand at several. */
export const DEMO_KEYS: Readonly<
  Record<'router' | 'web' | 'mobile' | 'pos' | 'b2b' | 'marketplace', readonly DemoKey[]>
> = {
  router: [
    {
      label: 'Administrator',
      key: 'demo_staff_administrator',
      description: 'Staff who change the catalogue, channels, prices and stock.',
      role: 'staff',
      channel: 'web',
      scopes: [
        'catalogue:write',
        'channels:write',
        'prices:read',
        'prices:write',
        'stock:read',
        'stock:write',
        'stock:policy',
        'customers:read',
        'orders:read',
        'orders:write',
      ],
    },
    {
      label: 'Partner, read only',
      key: 'demo_integration_partner',
      description: 'A partner’s integration that reads the catalogue as the web shop shows it.',
      role: 'integration',
      channel: 'web',
      scopes: [],
    },
  ],
  web: [SHOPPER],
  mobile: [SHOPPER],
  pos: [
    {
      label: 'Register in Berlin Mitte',
      key: 'demo_staff_register_berlin',
      description: 'Staff at the register of the Berlin store.',
      role: 'staff',
      channel: 'pos',
      scopes: ['stock:read'],
      locationCode: 'berlin-mitte',
    },
  ],
  b2b: [
    {
      label: 'Ruth, buyer of Bergblick',
      key: 'demo_buyer_ruth_steiner',
      description: 'A member of a company that buys at trade prices.',
      role: 'customer',
      channel: 'b2b',
      scopes: [],
      customerEmail: 'ruth.steiner@bergblick.example',
    },
  ],
  marketplace: [
    {
      label: 'Marketplace integration',
      key: 'demo_marketplace_integration',
      description: 'The integration of one marketplace: it takes the feeds.',
      role: 'integration',
      channel: 'marketplace',
      scopes: [],
    },
  ],
};
