import { randomUUID } from 'node:crypto';
import { run } from '@kontor/stack/src/operator.ts';
import type { System } from '../system.ts';
import { fillCart, holdSession, PASSWORD, type OwnCart, type Session } from './shopping.ts';
import { tellAt, type Staff } from './staff.ts';

const COMPANY_UPSERT = `mutation ($input: CompanyUpsertInput!) { companyUpsert(input: $input) { companyId } }`;

/** A person who has left a mark in every field that is personal, as far as the graphs take it. */
export interface MarkedPerson {
  readonly customerId: string;
  readonly email: string;
  readonly session: Session;
  readonly formerId: string;
  /** Texts that stand in what the person left and nowhere else. */
  readonly marks: readonly string[];
  /** Makes another mark. */
  mark(field: string): string;
  /** A cart of the person, with addresses. */
  markedCart(): Promise<OwnCart>;
  /** What a checkout of the person says of them: marks in all of it. */
  readonly buyer: object;
}

/** What an address may say, all of it marked. */
const addressOf = (mark: (field: string) => string) => ({
  name: mark('recipient'),
  street: mark('street'),
  street2: mark('floor'),
  city: mark('city'),
  province: mark('province'),
  postalCode: '10115',
  country: 'DE',
});

/** Makes the person through the web shop, the router's staff and the operator. @param name lower-case letters: tells these marks from others. */
export async function makeMarkedPerson(
  system: System,
  staff: Staff,
  name: string,
  variantId: string,
): Promise<MarkedPerson> {
  const suffix = randomUUID().slice(0, 8);
  const marks: string[] = [];
  const mark = (field: string) => {
    const made = `${name}${field}${suffix}`;
    marks.push(made);
    return made;
  };
  let numbers = 0;
  const number = () => {
    const digits = `4930${String(Number.parseInt(suffix.slice(0, 6), 16)).padStart(8, '5')}${(numbers += 1)}`;
    marks.push(digits);
    return `+${digits}`;
  };
  const web = system.url('web');
  const email = `${mark('email')}@example.com`;
  const made = await tellAt<{ token: string; refreshToken: string; account: { id: string } }>(
    web,
    undefined,
    'signUp',
    { email, password: PASSWORD, givenName: mark('given'), familyName: mark('family') },
    '... on SignedIn { token refreshToken account { id } }',
  );
  if (made.__typename !== 'SignedIn') throw new Error(JSON.stringify(made));
  const session = holdSession(system, made);
  const customerId = made.account.id;
  const own = async (field: string, input: object) => {
    const outcome = await session.hold((token) => tellAt(web, token, field, input));
    if (outcome.code !== undefined) throw new Error(`${field}: ${JSON.stringify(outcome)}`);
  };
  await own('profileUpdate', { phone: number(), locale: 'de' });
  await own('identityAdd', { kind: 'EMAIL', value: `${mark('second')}@example.com` });
  await own('addressAdd', {
    address: { ...addressOf(mark), label: mark('label'), company: mark('firm'), phone: number() },
    defaultFor: ['SHIPPING'],
  });
  await own('preferencesSet', { preferences: [{ key: 'delivery.wish', text: mark('wish') }] });
  await own('consentSet', { purpose: 'newsletter', channel: 'email', isGranted: true });
  await staff.change('customerIdentitySet', { customerId, kind: 'EXTERNAL', source: 'shop', value: mark('external') });
  await staff.change('customerIdentitySet', { customerId, kind: 'LOYALTY_CARD', value: mark('card').toUpperCase() });
  await staff.change('customerConsentSet', {
    ...{ customerId, purpose: 'newsletter', channel: 'sms', isGranted: true, proof: mark('proof') },
  });
  await staff.change('customerNoteAdd', { customerId, body: mark('note') });
  await staff.change('loyaltyAdjust', {
    ...{ customerId, points: 250, reason: mark('reason'), idempotencyKey: randomUUID() },
  });
  const { companyUpsert } = await run<{ companyUpsert: { companyId: string } }>(
    system.operator,
    'customers',
    COMPANY_UPSERT,
    { input: { name: `Company ${randomUUID()}` } },
  );
  await staff.change('companyMemberInvite', { companyId: companyUpsert.companyId, email, role: 'BUYER' });
  await tellAt(web, undefined, 'passwordResetRequest', { email });

  const { customer } = await staff.change<{ customer: { id: string } }>(
    'customerCreate',
    {
      ...{ email: `${mark('formeremail')}@example.com`, phone: number(), phoneVerified: true },
      ...{ givenName: mark('formergiven'), familyName: mark('formerfamily') },
    },
    '... on CustomerCreated { customer { id } }',
  );
  const formerId = customer.id;
  await staff.change('customerNoteAdd', { customerId: formerId, body: mark('formernote') });

  const buyer = {
    contact: {
      email: `${mark('contact')}@example.com`,
      phone: number(),
      givenName: mark('buyergiven'),
      familyName: mark('buyerfamily'),
    },
    shippingAddress: addressOf(mark),
    billingAddress: addressOf((field) => mark(`bill${field}`)),
  };
  return {
    ...{ customerId, email, session, formerId, marks, mark, buyer },
    async markedCart() {
      const cart = await session.hold((token) => fillCart(system, token, variantId));
      await own('cartAddressSet', {
        cartId: cart.id,
        shippingAddress: addressOf((field) => mark(`cart${field}`)),
        billingAddress: addressOf((field) => mark(`cartbill${field}`)),
      });
      return cart;
    },
  };
}
