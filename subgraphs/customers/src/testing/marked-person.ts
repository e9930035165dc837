import type { Call } from '@kontor/kit/src/graph/graph.ts';

/** What of the public answers is read here: selections decide which of it is there. */
interface PublicAnswer {
  readonly customer: { readonly id: string };
  readonly token: string;
}

/** The same of the internal answers. */
interface InternalAnswer {
  readonly customerId: string;
  readonly companyId: string;
}

/** Asks the public or the internal graph for one field. @throws Error when the answer is an error or a refusal. */
export interface Asking {
  readonly publicly: (field: string, input: object, call: Call, selection?: string) => Promise<PublicAnswer>;
  readonly internally: (field: string, input: object, selection: string) => Promise<InternalAnswer>;
  readonly guest: Call;
  readonly staff: Call;
  readonly as: (customerId: string) => Call;
  readonly versionOf: (customerId: string) => Promise<number>;
}

/** A person who has left something in every place that takes something personal. */
export interface MarkedPerson {
  readonly id: string;
  /** A profile that was merged into it. */
  readonly formerId: string;
  readonly email: string;
  readonly companyId: string;
  /** Texts that stand in what the person left and nowhere else. */
  readonly marks: readonly string[];
}

/**
 * Makes a person through the commands of every area, with a mark in every field that is personal. A new field gets its mark here.
 * @param name tells the marks of this person from those of others: lower-case letters.
 */
export async function makeMarkedPerson(ask: Asking, name: string): Promise<MarkedPerson> {
  const { publicly, internally, guest, staff, as } = ask;
  const marks: string[] = [];
  let digits = 0;
  const mark = (field: string) => {
    const made = `${name}${field}mark`;
    marks.push(made);
    return made;
  };
  const number = () => {
    const made = `49${String([...name].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 1e7, 7)).padStart(7, '3')}${(digits += 1)}1`;
    marks.push(made);
    return `+${made}`;
  };

  const email = `${mark('email')}@example.com`;
  const signedUp = await publicly(
    'signUp',
    { email, password: `${name} correct horse`, givenName: mark('given'), familyName: mark('family') },
    guest,
    '... on SignedIn { customer { id } }',
  );
  const id = signedUp.customer.id;
  await publicly('profileUpdate', { phone: number(), locale: 'de' }, as(id));
  await publicly('identityAdd', { kind: 'EMAIL', value: `${mark('second')}@example.com` }, as(id));
  await publicly(
    'customerIdentitySet',
    { customerId: id, kind: 'EXTERNAL', source: 'shop', value: mark('external') },
    staff,
  );
  await publicly(
    'customerIdentitySet',
    { customerId: id, kind: 'LOYALTY_CARD', value: mark('card').toUpperCase() },
    staff,
  );
  await publicly(
    'addressAdd',
    {
      address: {
        ...{
          label: mark('label'),
          name: mark('recipient'),
          company: mark('firm'),
          street: mark('street'),
          street2: mark('floor'),
        },
        ...{ city: mark('city'), province: mark('province'), postalCode: '10115', country: 'DE', phone: number() },
      },
      defaultFor: ['SHIPPING'],
    },
    as(id),
  );
  await publicly('preferencesSet', { preferences: [{ key: 'delivery.wish', text: mark('wish') }] }, as(id));
  const consent = { purpose: 'newsletter', channel: 'email', isGranted: true };
  await publicly('consentSet', consent, as(id));
  await publicly('customerConsentSet', { ...consent, channel: 'sms', customerId: id, proof: mark('proof') }, staff);
  await publicly('customerNoteAdd', { customerId: id, body: mark('note') }, staff);
  await publicly('customerGroupSet', { code: `group-${id}`.slice(0, 40), name: 'Regulars' }, staff);
  await publicly('customerGroupMembersSet', { group: `group-${id}`.slice(0, 40), add: [id] }, staff);
  await publicly('passwordResetRequest', { email }, guest);
  await internally(
    'credentialUpsert',
    { secret: `${name}-secret-of-a-key`, label: mark('key'), role: 'customer', scopes: [], customerId: id },
    'credentialId',
  );
  await publicly(
    'loyaltyAdjust',
    { customerId: id, points: 250, reason: mark('reason'), idempotencyKey: `${name}-points` },
    staff,
  );
  const { companyId } = await internally(
    'companyUpsert',
    { name: `Company of ${name.length} letters ${id}` },
    'companyId',
  );
  await publicly('companyMemberInvite', { companyId, email, role: 'BUYER' }, staff);

  const merged = await publicly(
    'customerCreate',
    {
      ...{ email: `${mark('formeremail')}@example.com`, phone: number(), phoneVerified: true },
      ...{ givenName: mark('formergiven'), familyName: mark('formerfamily'), locale: 'en' },
    },
    staff,
    '... on CustomerCreated { customer { id } }',
  );
  const formerId = merged.customer.id;
  await publicly('customerNoteAdd', { customerId: formerId, body: mark('formernote') }, staff);
  await publicly(
    'customerMerge',
    {
      ...{ survivorId: id, absorbedId: formerId, idempotencyKey: `${name}-merge` },
      expectedSurvivorVersion: await ask.versionOf(id),
      expectedAbsorbedVersion: await ask.versionOf(formerId),
    },
    staff,
  );
  return { id, formerId, email, companyId, marks };
}
