/** A credential of the demo. It is printed, documented and offered in the IDE: it protects nothing. */
export interface DemoKey {
  /** What people choose it by. */
  readonly label: string;
  /** The secret, as it stands behind `Authorization: Bearer`. */
  readonly key: string;
  readonly description: string;
  readonly role: 'customer' | 'staff' | 'integration' | 'device';
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

/** What somebody at a register may do besides selling. */
export const REGISTER_SCOPES: readonly string[] = ['customers:lookup', 'stock:read'];

const member = (label: string, name: string, description: string): DemoKey => ({
  label,
  key: `demo_buyer_${name.replace('.', '_')}`,
  description,
  role: 'customer',
  channel: 'b2b',
  scopes: [],
  customerEmail: `${name}@bergblick.example`,
});

/**
 * The keys that each endpoint of the demo takes. One key may stand at several. Keys of the form `sk_test_…` and `dk_test_…` are as the system makes
 * them, with their checksums: what they are is in their looks, so that scanners find them.
 */
export const DEMO_KEYS: Readonly<
  Record<'router' | 'web' | 'mobile' | 'pos' | 'b2b' | 'marketplace', readonly DemoKey[]>
> = {
  router: [
    {
      label: 'Administrator',
      key: 'demo_staff_administrator',
      description: 'Staff who may do everything: catalogue, prices, stock, customers, companies, keys, the audit log.',
      role: 'staff',
      channel: 'web',
      scopes: [
        'audit:read',
        'catalogue:write',
        'channels:write',
        'companies:read',
        'companies:write',
        'credit:write',
        'customers:lookup',
        'customers:merge',
        'customers:read',
        'customers:write',
        'devices:write',
        'keys:read',
        'keys:write',
        'loyalty:read',
        'loyalty:write',
        'orders:read',
        'orders:write',
        'prices:read',
        'prices:write',
        'privacy:write',
        'staff:write',
        'stock:policy',
        'stock:read',
        'stock:write',
      ],
    },
    {
      label: 'Partner, read only',
      key: 'sk_test_KontorDemoPartner000000000000000000000000000T6Cai',
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
      scopes: REGISTER_SCOPES,
      locationCode: 'berlin-mitte',
    },
    {
      label: 'Device in Berlin Mitte',
      key: 'dk_test_KontorDemoRegisterBerlin000000000000000000041W5pH',
      description: 'The register itself, before somebody signs in with a PIN: it may do nothing but that.',
      role: 'device',
      channel: 'pos',
      scopes: [],
      locationCode: 'berlin-mitte',
    },
  ],
  b2b: [
    member('Ruth, administrator of Bergblick', 'ruth.steiner', 'Invites people, sets the rules, and buys.'),
    member('Lukas, buyer of Bergblick', 'lukas.gruber', 'Buys at trade prices, for large orders with approval.'),
    member('Hanna, approver of Bergblick', 'hanna.moser', 'Buys, and approves what others buy.'),
  ],
  marketplace: [
    {
      label: 'Marketplace integration',
      key: 'sk_test_KontorDemoMarketplace00000000000000000000003Ohbrl',
      description: 'The integration of one marketplace: it takes the feeds.',
      role: 'integration',
      channel: 'marketplace',
      scopes: [],
    },
  ],
};
