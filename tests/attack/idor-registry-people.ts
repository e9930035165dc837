/** How to name people, what belongs to them, and what they sign in with. */
import { newId } from '@kontor/kit/src/ids.ts';
import { command, question, type Registry } from './idor-probe.ts';

const seesPrivate = { seesPrivate: true };

export const PEOPLE: Registry = {
  'Query.customer': [question('victim', 'victim.mark', (ids) => ({ id: ids['victim'] }))],
  'Query.privacyRequest': [
    question('victim', 'COMPLETED', (ids) => ({ id: ids['privacyRequest'] })),
    question('keeper', 'COMPLETED', (ids) => ({ id: ids['privacyRequest'] })),
  ],
  'Query.customerMergePreview': [
    // Whoever merges profiles is shown which of their values stay.
    question('keeper', 'Markdouble', (ids) => ({ survivorId: ids['twin1.mark'], absorbedId: ids['twin2.mark'] })),
  ],
  'Query.auditLog': [
    question('staff', '"edges":', (ids) => ({ entityId: ids['victim'] })),
    question('staff', '"edges":', (ids) => ({ actor: ids['staff'] })),
  ],

  'Mutation.identityVerify': [
    command('victim', 'IdentityChanged', (ids) => ({ token: ids['identityToken'] }), seesPrivate),
    command('victim', 'InvalidInput', (ids) => ({ token: ids['forgedIdentityToken'] }), { owners: [] }),
  ],
  'Mutation.identityPrimarySet': [
    command('victim', 'IdentityChanged', (ids) => ({ identityId: ids['identity'] }), seesPrivate),
  ],
  'Mutation.addressUpdate': [
    command(
      'victim',
      'VersionConflict',
      (ids) => ({
        addressId: ids['address'],
        expectedVersion: 9_999,
        address: { street: 'Domplatz 1', city: 'Köln', postalCode: '50667', country: 'DE' },
      }),
      seesPrivate,
    ),
  ],
  'Mutation.addressDefaultSet': [
    command('victim', 'AddressSaved', (ids) => ({ addressId: ids['address'], kind: 'BILLING' }), seesPrivate),
  ],
  'Mutation.addressRemove': [
    command('victim', 'AddressRemoved', (ids) => ({ addressId: ids['address'] }), {
      does: 'nothing',
      seesPrivate: true,
    }),
  ],
  'Mutation.customerUpdate': [
    command('staff', 'VersionConflict', (ids) => ({ customerId: ids['victim'], expectedVersion: 9_999, locale: 'fr' })),
  ],
  'Mutation.customerIdentitySet': [
    command('staff', 'IdentityChanged', (ids) => ({
      ...{ customerId: ids['victim'], kind: 'EXTERNAL', source: 'erp', value: 'K-1' },
    })),
  ],
  'Mutation.customerConsentSet': [
    command('staff', 'ConsentRecorded', (ids) => ({
      ...{ customerId: ids['victim'], purpose: 'newsletter', channel: 'sms', isGranted: true },
    })),
  ],
  'Mutation.customerNoteAdd': [
    command('staff', 'CustomerNoteAdded', (ids) => ({ customerId: ids['victim'], body: 'Another note' })),
  ],
  'Mutation.customerGroupMembersSet': [
    command('staff', 'CustomerGroupMembersChanged', (ids) => ({ group: 'regulars', remove: [ids['victim']] })),
  ],
  'Mutation.loyaltyRulesSet': [
    command('staff', 'VersionConflict', () => ({
      ...{ expectedVersion: 9_999, tiers: [] },
      channels: [
        {
          ...{ channel: 'web', rounding: 'DOWN', earningDelayDays: 0 },
          rates: [{ currency: 'EUR', earnPointsPer100: 1 }],
        },
      ],
    })),
  ],
  'Mutation.loyaltyAdjust': [
    command('staff', 'LoyaltyAdjusted', (ids) => ({
      ...{ customerId: ids['victim'], points: 1, reason: 'goodwill', idempotencyKey: newId() },
    })),
  ],
  'Mutation.customerMerge': [
    command('staff', 'CustomersMerged', (ids) => ({
      ...{ survivorId: ids['twin1.mark'], absorbedId: ids['twin2.mark'], idempotencyKey: newId() },
      ...{ expectedSurvivorVersion: 1, expectedAbsorbedVersion: 1 },
    })),
  ],
  'Mutation.customerUnmerge': [
    command('staff', 'CustomersUnmerged', (ids) => ({ mergeId: ids['merge'], idempotencyKey: newId() })),
  ],

  // A token that was not made here says nothing, whatever id it holds; who shows a good one is who it was made for.
  'Mutation.sessionRefresh': [
    command('victim', 'SessionRefreshed', (ids) => ({ refreshToken: ids['forgedRefreshToken'] }), {
      owners: [],
      proofInput: (ids) => ({ refreshToken: ids['refreshToken'] }),
    }),
  ],
  'Mutation.sessionEnd': [command('victim', 'SignedOut', (ids) => ({ sessionId: ids['session'] }))],
  'Mutation.emailVerify': [
    command('guest', 'SignedIn', (ids) => ({ token: ids['forgedVerifyToken'] }), {
      ...{ owners: [], seesPrivate: true },
      proofInput: (ids) => ({ token: ids['verifyToken'], password: 'a plain password of theirs' }),
    }),
  ],
  'Mutation.passwordReset': [
    command('guest', 'SignedIn', (ids) => ({ token: ids['forgedResetToken'], newPassword: 'a password of a thief' }), {
      ...{ owners: [], seesPrivate: true },
      proofInput: (ids) => ({ token: ids['resetToken'], newPassword: 'another plain password' }),
    }),
  ],
  'Mutation.signInExternal': [
    command('guest', 'InvalidInput', (ids) => ({
      ...{ issuer: 'https://issuer.example.com', idToken: 'e30.e30.e30', locationId: ids['store'] },
    })),
  ],

  'Mutation.customerIdentityRemove': [
    command('staff', 'IdentityChanged', (ids) => ({ customerId: ids['victim'], identityId: ids['spareIdentity'] })),
  ],
  'Mutation.identityRemove': [
    command('victim', 'IdentityChanged', (ids) => ({ identityId: ids['otherSpareIdentity'] }), seesPrivate),
  ],
};

/** What ends somebody, behind everything else. */
export const ENDINGS: Registry = {
  'Mutation.privacyExport': [
    command('victim', 'PrivacyRequestAccepted', (ids) => ({ customerId: ids['victim'], idempotencyKey: newId() })),
    command('keeper', 'PrivacyRequestAccepted', (ids) => ({ customerId: ids['victim'], idempotencyKey: newId() })),
  ],
  'Mutation.privacyErase': [
    command('staff', 'ErasureBlocked', (ids) => ({
      ...{ customerId: ids['victim'], confirmation: ids['victim'], idempotencyKey: newId() },
    })),
  ],
};
