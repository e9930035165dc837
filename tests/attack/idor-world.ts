/** Two shoppers, two companies, two stores and what belongs to them, made through the commands that everybody has. */
import { NAMED_SCOPES } from '@kontor/kit/src/auth/policy.ts';
import type { Call } from '@kontor/kit/src/graph/graph.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { randomBytes } from 'node:crypto';
import { oneTimeTokenOf } from '@kontor/customers/src/sealing/one-time-token.ts';
import { asCustomer, asGuest, callAs } from '@kontor/testkit/src/callers.ts';
import { eventually } from '@kontor/testkit/src/eventually.ts';
import type { IdorSystem, Json } from './idor-system.ts';
import { EDITORS_MARKS, makeCatalogue } from './idor-world-catalogue.ts';

/** Ids and tokens by what they name. */
export type Ids = Readonly<Record<string, string>>;

export interface World {
  readonly ids: Ids;
  /** Texts that stand in what is the victim's, the company's or the shop's own, and nowhere else. */
  readonly marks: readonly string[];
}

/** Somebody of the staff who may do everything there is a scope for. */
const EVERYTHING: Call = callAs({
  role: 'staff',
  subject: 'chief',
  channel: 'web',
  scopes: [...NAMED_SCOPES],
});

const PASSWORD = 'a plain password of theirs';
const EUR = (minorUnits: number) => ({ minorUnits, currency: 'EUR' });
const ADDRESS = {
  name: 'Victim Markname',
  street: 'Markstreet 77',
  city: 'Berlin',
  postalCode: '10115',
  country: 'DE',
};

/** Makes the world. What happens beside requests has to run. */
export async function makeWorld(system: IdorSystem): Promise<World> {
  const { done, sql } = system;
  const ids: Record<string, string> = {};

  /** One command with one input. @throws Error unless it answers this type. */
  const command = async (
    [subgraph, name]: readonly ['customers' | 'orders' | 'stock', string],
    input: object,
    call: Call,
    [type, selection = '__typename']: readonly [string, string?],
  ): Promise<Json> => {
    const inputType = `${name[0]!.toUpperCase()}${name.slice(1)}Input`;
    const query = `mutation ($input: ${inputType}!) { ${name}(input: $input) { __typename ... on ${type} { ${selection} } ... on UserError { code message } } }`;
    const answer = (await done(subgraph, query, { input }, call))[name];
    if (answer.__typename !== type) throw new Error(`${name}: ${JSON.stringify(answer)}`);
    return answer;
  };
  const customers = (name: string, input: object, call: Call, ...wanted: [string, string?]) =>
    command(['customers', name], input, call, wanted);
  /** The token that was mailed last: nobody waits for the mail. */
  const mailedToken = async (): Promise<string> => {
    const [row] = await sql<{ purpose: string; tokenId: string }[]>`
      select purpose, token_id as "tokenId" from customers.one_time_tokens order by token_id desc limit 1`;
    return oneTimeTokenOf(system.sealing, row!);
  };

  /** Somebody whose address is known. */
  const person = async (name: string): Promise<Call> => {
    const ensure = 'mutation ($input: CustomerEnsureInput!) { customerEnsure(input: $input) { customerId } }';
    const { customerEnsure } = await system.internally('customers', ensure, {
      input: { email: `${name}@example.com` },
    });
    ids[name] = customerEnsure.customerId;
    return asCustomer(customerEnsure.customerId);
  };

  const find = async (rows: Promise<readonly { id: string }[]>) => (await rows)[0]!.id;
  ids['store'] = await find(sql`select location_id as id from stock.locations where code = 'berlin-mitte'`);
  ids['otherStore'] = await find(sql`select location_id as id from stock.locations where code = 'hamburg'`);
  const [item] = await sql<{ variant: string; product: string }[]>`
    select v.variant_id as variant, v.product_id as product from products.variants v
    where not exists (select from products.variant_components c where v.variant_id in (c.variant_id, c.component_variant_id))
      and 2 = (select count(*) from stock.levels l where l.variant_id = v.variant_id and l.available > 5 and l.location_id in (${ids['store']}, ${ids['otherStore']}))
    order by v.variant_id limit 1`;
  ids['variant'] = item!.variant;
  ids['product'] = item!.product;

  ids['collection'] = await find(sql`select collection_id as id from products.collections order by 1 limit 1`);
  await makeCatalogue(system, ids, EVERYTHING);
  ids['priceList'] = await find(sql`select price_list_id as id from prices.price_lists order by 1 limit 1`);

  // The victim: somebody who shops, and administers a company.
  const email = 'victim.mark@example.com';
  const signUp = { email, password: PASSWORD, givenName: 'Markgiven', familyName: 'Markfamily' };
  const signedUp = await customers('signUp', signUp, asGuest(), 'SignedIn', 'customer { id }');
  ids['victim'] = signedUp.customer.id;
  ids['verifyToken'] = await mailedToken();
  const victim = asCustomer(ids['victim']!);
  await customers('profileUpdate', { phone: '+4930555077', locale: 'de' }, victim, 'ProfileUpdated');
  const saved = await customers('addressAdd', { address: ADDRESS }, victim, 'AddressSaved', 'address { id }');
  ids['address'] = saved.address.id;
  const second = { kind: 'EMAIL', value: 'second.mark@example.com' };
  const added = await customers('identityAdd', second, victim, 'IdentityChanged', 'identity { id }');
  ids['identity'] = added.identity.id;
  ids['identityToken'] = await mailedToken();
  const third = { kind: 'EMAIL', value: 'third.mark@example.com' };
  ids['otherSpareIdentity'] = (
    await customers('identityAdd', third, victim, 'IdentityChanged', 'identity { id }')
  ).identity.id;
  const external = { customerId: ids['victim'], kind: 'EXTERNAL', source: 'erp', value: 'Markerp' };
  ids['spareIdentity'] = (
    await customers('customerIdentitySet', external, EVERYTHING, 'IdentityChanged', 'identity { id }')
  ).identity.id;
  await customers('preferencesSet', { preferences: [{ key: 'wish', text: 'Markwish' }] }, victim, 'PreferencesChanged');
  const consent = { purpose: 'newsletter', channel: 'email', isGranted: true };
  await customers('consentSet', consent, victim, 'ConsentRecorded');
  await customers('customerNoteAdd', { customerId: ids['victim'], body: 'Marknote' }, EVERYTHING, 'CustomerNoteAdded');
  const points = { customerId: ids['victim'], points: 250, reason: 'Markreason', idempotencyKey: newId() };
  await customers('loyaltyAdjust', points, EVERYTHING, 'LoyaltyAdjusted');
  await customers('customerGroupSet', { code: 'regulars', name: 'Markgroup' }, EVERYTHING, 'CustomerGroupSaved');
  const group = { group: 'regulars', add: [ids['victim']] };
  await customers('customerGroupMembersSet', group, EVERYTHING, 'CustomerGroupMembersChanged');
  const signIn = { email, password: PASSWORD };
  ids['refreshToken'] = (await customers('signIn', signIn, asGuest(), 'SignedIn', 'refreshToken')).refreshToken;
  ids['session'] = await find(sql<{ id: string }[]>`
    select session_id as id from customers.sessions where customer_id = ${ids['victim']!} order by session_id desc`);
  await customers('passwordResetRequest', { email }, asGuest(), 'PasswordResetSent');
  ids['resetToken'] = await mailedToken();

  // Their company, with somebody in it, somebody who was, and somebody who is asked.
  const company = async (name: string, member: string) => {
    const made = await customers(
      'companySet',
      { name, taxId: `DE-${name}` },
      EVERYTHING,
      'CompanySet',
      'company { id }',
    );
    ids[member] = made.company.id;
    return made.company.id as string;
  };
  const location = async (companyId: string, name: string) => {
    const input = {
      ...{ companyId, name, address: { street: `${name} street 1`, city: 'Berlin', country: 'DE' } },
      ...{ currency: 'EUR', termsDays: 30, creditLimit: EUR(100_000) },
    };
    const made = await customers('companyLocationSet', input, EVERYTHING, 'CompanyLocationSet', 'location { id }');
    return made.location.id as string;
  };
  const join = async (companyId: string, name: string, role: string, call: Call) => {
    const invited = { companyId, email: `${name}@example.com`, role };
    await customers('companyMemberInvite', invited, EVERYTHING, 'CompanyMemberInvited');
    const token = await mailedToken();
    const joined = await customers('companyInvitationAccept', { token }, call, 'CompanyJoined', 'memberId');
    return joined.memberId as string;
  };
  const companyId = await company('Markcompany', 'company');
  ids['companyLocation'] = await location(companyId, 'Marksite');
  ids['victimMember'] = await join(companyId, 'victim.mark', 'ADMIN', victim);
  const chosen = { companyLocationId: ids['companyLocation'] };
  await customers('companyLocationChoose', chosen, victim, 'CompanyLocationChosen');
  const colleague = await person('colleague');
  ids['colleagueMember'] = await join(companyId, 'colleague', 'BUYER', colleague);
  await join(companyId, 'left', 'ADMIN', await person('left'));
  const left = asCustomer(ids['left']!);
  const leave = 'mutation { companyLeave { __typename } }';
  if ((await done('customers', leave, {}, left)).companyLeave.__typename !== 'CompanyLeft')
    throw new Error('did not leave');
  await person('invitee.mark');
  const invite = { companyId, email: 'invitee.mark@example.com', role: 'BUYER' };
  ids['invitation'] = (
    await customers('companyMemberInvite', invite, EVERYTHING, 'CompanyMemberInvited', 'invitation { id }')
  ).invitation.id;
  ids['invitationToken'] = await mailedToken();
  ids['spareInvitation'] = (
    await customers(
      'companyMemberInvite',
      { ...invite, email: 'spare.mark@example.com' },
      EVERYTHING,
      'CompanyMemberInvited',
      'invitation { id }',
    )
  ).invitation.id;
  const rule = { companyId, code: 'markrule', totalAtLeast: EUR(90_000_00), tiers: [{ level: 1, role: 'ADMIN' }] };
  ids['rule'] = (await customers('approvalRuleSet', rule, victim, 'ApprovalRuleSet', 'rule { id }')).rule.id;
  const payment = {
    ...{
      companyLocationId: ids['companyLocation'],
      amount: EUR(5_00),
      reference: 'Marktransfer',
      idempotencyKey: newId(),
    },
  };
  await customers('creditPaymentRecord', payment, EVERYTHING, 'CreditBooked');

  // Others: somebody without a company, and another company's.
  await person('other');
  const otherCompany = await company('Another company', 'otherCompany');
  ids['otherCompanyLocation'] = await location(otherCompany, 'Another site');
  await join(otherCompany, 'elsewhere', 'BUYER', await person('elsewhere'));
  await join(otherCompany, 'elsewhere-admin', 'ADMIN', await person('elsewhere-admin'));

  // Profiles that were, or could be, one.
  const made = async (name: string, more: object) => {
    const input = { email: `${name}@example.com`, givenName: 'Markdouble', familyName: 'Markdouble', ...more };
    const created = await customers('customerCreate', input, EVERYTHING, 'CustomerCreated', 'customer { id version }');
    ids[name] = created.customer.id;
    return created.customer as { id: string; version: number };
  };
  const phone = { phone: '+4930555088', phoneVerified: false };
  for (const name of ['twin1.mark', 'twin2.mark']) await made(name, phone);
  const [survivor, absorbed] = [await made('stays.mark', {}), await made('goes.mark', {})];
  const merge = {
    ...{ survivorId: survivor.id, absorbedId: absorbed.id, idempotencyKey: newId() },
    ...{ expectedSurvivorVersion: survivor.version, expectedAbsorbedVersion: absorbed.version },
  };
  ids['merge'] = (await customers('customerMerge', merge, EVERYTHING, 'CustomersMerged', 'mergeId')).mergeId;

  // Keys, devices and people of the shop.
  const key = { label: 'Markkey', role: 'STAFF', channel: 'pos', locationId: ids['store'], scopes: ['stock:read'] };
  ids['apiKey'] = (await customers('apiKeyCreate', key, EVERYTHING, 'ApiKeyCreated', 'apiKey { id }')).apiKey.id;
  const device = { label: 'Markdevice', channel: 'pos', locationId: ids['store'] };
  ids['device'] = (
    await customers('deviceRegister', device, EVERYTHING, 'DeviceRegistered', 'device { id }')
  ).device.id;
  const clerk = { code: 'markclerk', name: 'Markclerk', scopes: ['stock:read'], locationIds: [ids['store']] };
  ids['staff'] = (
    await customers('staffMemberSet', clerk, EVERYTHING, 'StaffMemberSet', 'staffMember { id }')
  ).staffMember.id;
  const other = { code: 'otherclerk', name: 'Other clerk', scopes: [], locationIds: [ids['otherStore']] };
  ids['otherStaff'] = (
    await customers('staffMemberSet', other, EVERYTHING, 'StaffMemberSet', 'staffMember { id }')
  ).staffMember.id;
  const pin = { staffId: ids['staff'], pin: '592074' };
  await customers('staffPinSet', pin, EVERYTHING, 'StaffPinSet');

  // Stock of the stores.
  const transfer = {
    ...{ fromLocationId: ids['otherStore'], toLocationId: ids['store'], note: 'Markfreight', idempotencyKey: newId() },
    lines: [{ variantId: ids['variant'], quantity: 2 }],
  };
  const stocked = (name: string, input: object, ...wanted: [string, string?]) =>
    command(['stock', name], input, EVERYTHING, wanted);
  ids['transfer'] = (
    await stocked('stockTransferDispatch', transfer, 'StockTransferDispatched', 'transfer { id }')
  ).transfer.id;
  const policy = { name: 'Markpolicy', kind: 'PRIORITY', channels: [{ channel: 'web', priority: 1 }] };
  const policyQuery = `mutation ($input: AllocationPolicySetInput!) { allocationPolicySet(input: $input) { __typename
    ... on AllocationPolicySaved { policy { id } } ... on UserError { code message } } }`;
  const outcome = (await done('stock', policyQuery, { input: policy }, EVERYTHING)).allocationPolicySet;
  if (!outcome.policy) throw new Error(JSON.stringify(outcome));
  ids['policy'] = outcome.policy.id;
  ids['exception'] = newId();
  await sql`insert into stock.exceptions (exception_id, kind, variant_id, location_id, quantity, reference, raised_at)
    values (${ids['exception']}, 'OFFLINE_OVERSELL', ${ids['variant']}, ${ids['store']}, 2, 'sale:Markreceipt', now())`;

  // Carts and orders, of the victim and of a guest.
  const cartOf = (call: Call) =>
    eventually(async () => {
      const query = 'mutation ($input: CartCreateInput!) { cartCreate(input: $input) { token cart { id } } }';
      const lines = [{ variantId: ids['variant'], quantity: 1 }];
      const { cartCreate } = await done('orders', query, { input: { currency: 'EUR', country: 'DE', lines } }, call);
      return cartCreate as { token: string | null; cart: { id: string } };
    });
  const buy = async (cart: { token: string | null; cart: { id: string } }, email: string, call: Call) => {
    const input = {
      ...{ cartId: cart.cart.id, token: cart.token, contact: { email }, shippingAddress: ADDRESS },
      ...{ tenders: [{ kind: 'CARD', token: 'pm_card_visa' }], idempotencyKey: newId() },
    };
    return (await command(['orders', 'checkout'], input, call, ['OrderPlaced', 'order { id number }'])).order;
  };
  const marks: string[] = [];
  const bought = await cartOf(victim);
  ids['boughtCart'] = bought.cart.id;
  const order = await buy(bought, 'victim.mark@example.com', victim);
  ids['order'] = order.id;
  marks.push(order.number);
  const guests = await cartOf(asGuest());
  ids['guestCart'] = guests.cart.id;
  ids['guestToken'] = guests.token!;
  const theirs = await cartOf(asGuest());
  ids['guestBoughtCart'] = theirs.cart.id;
  ids['guestOrderToken'] = theirs.token!;
  const guestOrder = await buy(theirs, 'guest.mark@example.com', asGuest());
  ids['guestOrder'] = guestOrder.id;
  marks.push(guestOrder.number);
  ids['cart'] = (await cartOf(victim)).cart.id;

  const request = { customerId: ids['victim'], idempotencyKey: newId() };
  const accepted = await customers('privacyExport', request, victim, 'PrivacyRequestAccepted', 'request { id }');
  ids['privacyRequest'] = accepted.request.id;
  await eventually(async () => {
    const [row] = await sql`select state from customers.privacy_requests where request_id = ${ids['privacyRequest']!}`;
    if (row?.['state'] !== 'COMPLETED') throw new Error('the export is not made yet');
  });

  for (const name of ['identityToken', 'refreshToken', 'verifyToken', 'resetToken', 'invitationToken'])
    ids[`forged${name[0]!.toUpperCase()}${name.slice(1)}`] = forged(ids[name]!);
  return {
    ids,
    marks: [
      ...marks,
      ...[
        'victim.mark',
        'second.mark',
        'third.mark',
        'spare.mark',
        'invitee.mark',
        'guest.mark',
        'twin1.mark',
        'twin2.mark',
        'stays.mark',
        'goes.mark',
      ],
      ...[
        'Markgiven',
        'Markfamily',
        '4930555077',
        '4930555088',
        'Markname',
        'Markstreet',
        'Markwish',
        'Marknote',
        'Markreason',
      ],
      ...[
        'Markgroup',
        'Markerp',
        'Markcompany',
        'Marksite',
        'markrule',
        'Marktransfer',
        'Markdouble',
        'Markkey',
        'Markdevice',
        'Markclerk',
      ],
      ...['Markfreight', 'Markpolicy', 'Markreceipt'],
      ...EDITORS_MARKS,
    ],
  };
}

/** A token that names what a good one names, and was not made by us. */
const forged = (token: string): string => `${token.slice(0, -12)}AAAAAAAAAAAA`;

const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-/;

/** Ids and tokens of the same form that nothing has; what is the same twice is so here. */
export function unknownIds(ids: Ids): Ids {
  const made = new Map<string, string>();
  const unknownOf = (value: string): string => {
    if (ID.test(value)) return newId();
    const prefix = /^[a-z]{2}_/.exec(value)?.[0] ?? '';
    return (
      prefix +
      randomBytes(96)
        .toString('base64url')
        .slice(0, value.length - prefix.length)
    );
  };
  for (const value of Object.values(ids)) if (!made.has(value)) made.set(value, unknownOf(value));
  return Object.fromEntries(Object.entries(ids).map(([name, value]) => [name, made.get(value)!]));
}
