import type { MutationResolvers } from '../generated/schema.ts';
import {
  AddressAddDocument,
  AddressDefaultSetDocument,
  AddressRemoveDocument,
  AddressUpdateDocument,
  CompanyInvitationAcceptDocument,
  ConsentSetDocument,
  IdentityAddDocument,
  IdentityPrimarySetDocument,
  IdentityRemoveDocument,
  IdentityVerifyDocument,
  PreferencesSetDocument,
  PrivacyEraseDocument,
  PrivacyExportDocument,
  ProfileUpdateDocument,
} from '../generated/upstream.ts';

/** What customers change of what is theirs. */
export const accountVerbs = {
  profileUpdate: async (_, { input }, ctx) => (await ctx.upstream(ProfileUpdateDocument, { input })).profileUpdate,
  identityAdd: async (_, { input }, ctx) => (await ctx.upstream(IdentityAddDocument, { input })).identityAdd,
  identityVerify: async (_, { input }, ctx) => (await ctx.upstream(IdentityVerifyDocument, { input })).identityVerify,
  identityRemove: async (_, { input }, ctx) => (await ctx.upstream(IdentityRemoveDocument, { input })).identityRemove,
  identityPrimarySet: async (_, { input }, ctx) =>
    (await ctx.upstream(IdentityPrimarySetDocument, { input })).identityPrimarySet,
  addressAdd: async (_, { input }, ctx) => (await ctx.upstream(AddressAddDocument, { input })).addressAdd,
  addressUpdate: async (_, { input }, ctx) => (await ctx.upstream(AddressUpdateDocument, { input })).addressUpdate,
  addressRemove: async (_, { input }, ctx) => (await ctx.upstream(AddressRemoveDocument, { input })).addressRemove,
  addressDefaultSet: async (_, { input }, ctx) =>
    (await ctx.upstream(AddressDefaultSetDocument, { input })).addressDefaultSet,
  consentSet: async (_, { input }, ctx) => (await ctx.upstream(ConsentSetDocument, { input })).consentSet,
  preferencesSet: async (_, { input }, ctx) => (await ctx.upstream(PreferencesSetDocument, { input })).preferencesSet,
  privacyExport: async (_, { input }, ctx) => (await ctx.upstream(PrivacyExportDocument, { input })).privacyExport,
  privacyErase: async (_, { input }, ctx) => (await ctx.upstream(PrivacyEraseDocument, { input })).privacyErase,
  companyInvitationAccept: async (_, { input }, ctx) =>
    (await ctx.upstream(CompanyInvitationAcceptDocument, { input })).companyInvitationAccept,
} satisfies MutationResolvers;
