/** How to name carts and orders: of somebody who signed in, and of a guest, whose right to them is a token. */
import { newId } from '@kontor/kit/src/ids.ts';
import { command, question, type Probe, type Registry } from './idor-probe.ts';
import type { Ids } from './idor-world.ts';

type Give = (ids: Ids) => object;

/** A guest's thing belongs to nobody who shows no token; its proof shows the token. */
const guests = (field: string, of: string, token: string, shows: Probe['proof']['shows'], more: Give): Probe[] =>
  // Nothing, somebody else's, and one that was never made.
  [() => undefined, (ids: Ids) => ids[token === 'guestToken' ? 'guestOrderToken' : 'guestToken'], () => newId()].map(
    (shown) => ({
      args: (ids) => ({ [field]: ids[of], ...(shown(ids) ? { token: shown(ids) } : {}), ...more(ids) }),
      owners: [],
      proof: { by: 'guest', args: (ids) => ({ [field]: ids[of], token: ids[token], ...more(ids) }), shows },
    }),
  );

const inInput = ({ args, proof, ...rest }: Probe): Probe => ({
  ...rest,
  args: (ids) => ({ input: args(ids) }),
  proof: { ...proof, args: (ids) => ({ input: (proof.args ?? args)(ids) }) },
});

const nothing: Give = () => ({});
const lines: Give = (ids) => ({ lines: [{ variantId: ids['variant'], quantity: 2 }] });
const address: Give = () => ({ shippingAddress: { city: 'Hamburg', country: 'DE' } });
const codes: Give = () => ({ codes: [] });
const shipping: Give = () => ({ shippingOptionId: null });
const purchase: Give = () => ({
  ...{ contact: { email: 'buyer@example.com' }, idempotencyKey: newId() },
  shippingAddress: { name: 'Buyer', street: 'Torstraße 1', city: 'Berlin', postalCode: '10119', country: 'DE' },
  tenders: [{ kind: 'CARD', token: 'pm_card_visa' }],
});

/** A cart of the victim's, also with the token of somebody else's cart; and one of a guest. */
const carts = (more: Give, done = 'CartUpdated'): Probe[] => [
  command('victim', done, (ids) => ({ cartId: ids['cart'], ...more(ids) })),
  command('victim', done, (ids) => ({ cartId: ids['cart'], token: ids['guestToken'], ...more(ids) })),
  ...guests('cartId', 'guestCart', 'guestToken', `"__typename":"${done}"`, more).map(inInput),
];

export const ORDERS: Registry = {
  'Query.cart': [
    question(
      'victim',
      (ids) => ids['cart']!,
      (ids) => ({ id: ids['cart'] }),
    ),
    question(
      'staff',
      (ids) => ids['cart']!,
      (ids) => ({ id: ids['cart'], token: ids['guestToken'] }),
    ),
    ...guests('id', 'guestCart', 'guestToken', (ids) => ids['guestCart']!, nothing),
  ],
  'Query.order': [
    question('victim', 'Markstreet', (ids) => ({ id: ids['order'] })),
    question('staff', 'Markstreet', (ids) => ({ id: ids['order'], token: ids['guestOrderToken'] })),
    ...guests('id', 'guestOrder', 'guestOrderToken', 'guest.mark', nothing),
  ],
  'Mutation.cartCreate': [
    question('guest', '"cart":{', (ids) => ({ input: { lines: [{ variantId: ids['variant'], quantity: 1 }] } })),
  ],
  'Mutation.cartLinesSet': carts(lines),
  'Mutation.cartAddressSet': carts(address),
  'Mutation.cartCodesSet': carts(codes, 'CartCodesUpdated'),
  'Mutation.cartShippingSet': carts(shipping),
  'Mutation.orderReroute': [question('staff', 'ORDER_NOT_SHORT', (ids) => ({ input: { orderId: ids['order'] } }))],
  'Mutation.cartMerge': [
    command('victim', 'CartUpdated', (ids) => ({ cartId: ids['guestCart'], token: ids['guestOrderToken'] }), {
      owners: [],
      proofInput: (ids) => ({ cartId: ids['guestCart'], token: ids['guestToken'] }),
    }),
    // A cart that is somebody's already.
    command('victim', 'CartUpdated', (ids) => ({ cartId: ids['cart'], token: ids['guestToken'] })),
  ],
  'Mutation.checkout': [
    command('victim', 'OrderPlaced', (ids) => ({ cartId: ids['cart'], ...purchase(ids) }), { seesPrivate: true }),
    ...guests('cartId', 'guestBoughtCart', 'guestOrderToken', '"checkout":{', purchase).map(inInput),
  ],
};
