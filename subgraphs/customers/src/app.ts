import { systemClock, type Clock } from '@kontor/kit/src/clock.ts';
import type { GraphClient } from '@kontor/kit/src/graph/graph.ts';
import { readSdl } from '@kontor/kit/src/graph/sdl.ts';
import type { Service } from '@kontor/kit/src/service.ts';
import { createSubgraph, type SubgraphDeps } from '@kontor/kit/src/subgraph.ts';
import { createCheckpointSigner } from './commands/audit/checkpoint-signer.ts';
import { createKeys, type KeyOptions } from './commands/keys/key-deps.ts';
import { createSigning } from './commands/signing/signing.ts';
import { startBackground } from './background.ts';
import { consume } from './consume.ts';
import type { Context } from './context.ts';
import type { Resolvers } from './generated/schema.ts';
import type { IdentityOptions } from './identity-options.ts';
import { createLoaders } from './loaders.ts';
import { Company } from './resolvers/company.ts';
import { ApprovalRule } from './resolvers/company-approval-rule.ts';
import { CompanyCredit, CompanyLocation } from './resolvers/company-location.ts';
import { CompanyInvitation, CompanyMember } from './resolvers/company-member.ts';
import { Customer } from './resolvers/customer.ts';
import { CustomerMatch } from './resolvers/customer-match.ts';
import { internalResolvers } from './resolvers/internal.ts';
import { LoyaltyAccount } from './resolvers/loyalty-account.ts';
import { DuplicateCustomers, MergePreview } from './resolvers/merge-preview.ts';
import { Mutation } from './resolvers/mutation.ts';
import * as profileTypes from './resolvers/profile-types.ts';
import { PrivacyRequest } from './resolvers/privacy-request.ts';
import { Query } from './resolvers/query.ts';

/** Types whose values tell their own `__typename`. */
type Told =
  | 'IdentityAddResult'
  | 'IdentityVerifyResult'
  | 'IdentityChangeResult'
  | 'CustomerCreateResult'
  | 'CustomerUpdateResult'
  | 'CustomerIdentityResult'
  | 'AddressResult'
  | 'AddressRemoveResult'
  | 'PreferencesSetResult'
  | 'ConsentSetResult'
  | 'CustomerNoteAddResult'
  | 'CustomerGroupSetResult'
  | 'CustomerGroupMembersSetResult'
  | 'SegmentSetResult'
  | 'CustomerMergeResult'
  | 'CustomerUnmergeResult'
  | 'CompanySetResult'
  | 'CompanyLocationSetResult'
  | 'CompanyLocationChooseResult'
  | 'CompanyMemberInviteResult'
  | 'CompanyInvitationRevokeResult'
  | 'CompanyInvitationAcceptResult'
  | 'CompanyMemberRoleSetResult'
  | 'CompanyMemberRemoveResult'
  | 'CompanyLeaveResult'
  | 'ApprovalRuleResult'
  | 'CreditBookingResult'
  | 'LoyaltyRulesSetResult'
  | 'LoyaltyAdjustResult'
  | 'ApiKeyCreateResult'
  | 'ApiKeyRotateResult'
  | 'ApiKeyRevokeResult'
  | 'DeviceRegisterResult'
  | 'DeviceRevokeResult'
  | 'StaffMemberSetResult'
  | 'StaffPinSetResult'
  | 'StaffSignInResult'
  | 'StaffSignOutResult'
  | 'SignInExternalResult'
  | 'PrivacyExportResult'
  | 'PrivacyEraseResult'
  | 'ProfileUpdateResult'
  | 'SignUpResult'
  | 'SignInResult'
  | 'SignOutResult'
  | 'UserError'
  | 'SessionRefreshResult'
  | 'SessionEndResult'
  | 'EmailVerifyResult'
  | 'EmailVerificationRequestResult'
  | 'PasswordResetRequestResult'
  | 'PasswordResetResult'
  | 'PasswordChangeResult';

/** The internal graphs that customers asks. */
interface Peers {
  /** Exports of personal data wait as long as there is none. */
  readonly peers?: { readonly orders: GraphClient };
}

/** Builds the customers subgraph, not listening. @param clock by which tokens of others are judged. */
export function createApp(
  deps: SubgraphDeps & KeyOptions & IdentityOptions & Peers,
  clock: Clock = systemClock,
): Service {
  const { db } = deps;
  const signing = createSigning(db, deps);
  const keys = createKeys({ db, signing, clock }, deps);
  const auditSigner = createCheckpointSigner(db, deps.logger, signing.sealing);
  const privacy = { db, logger: deps.logger, sealing: signing.sealing, orders: deps.peers?.orders };
  const resolvers: Omit<Resolvers, Told> = {
    ...profileTypes,
    Query,
    Mutation,
    PrivacyRequest,
    LoyaltyAccount,
    Customer,
    CustomerMatch,
    MergePreview,
    DuplicateCustomers,
    Company,
    CompanyLocation,
    CompanyCredit,
    CompanyMember,
    CompanyInvitation,
    ApprovalRule,
  };
  return createSubgraph({
    name: 'customers',
    deps,
    sdl: readSdl(new URL('../schema.graphql', import.meta.url)),
    resolvers,
    internalSdl: readSdl(new URL('../internal.graphql', import.meta.url)),
    internalResolvers,
    consume: async () => {
      await signing.accessTokens.start();
      return consume(deps, auditSigner);
    },
    background: () => startBackground(deps, { signer: auditSigner, privacy, keys, signing }),
    context: (call): Context => ({ ...call, db, loaders: createLoaders(db), signing, keys }),
  });
}
