import { channelOf } from '@kontor/kit/src/subgraph.ts';
import { authenticate, refusalOfCredential } from '../../commands/keys/authenticate.ts';
import { createApiKey } from '../../commands/keys/create-api-key.ts';
import { listApiKeys, listDevices, listStaffMembers, readApiKey } from '../../commands/keys/list-keys.ts';
import { readOwnStaff } from '../../commands/keys/read-own-staff.ts';
import { registerDevice } from '../../commands/keys/register-device.ts';
import { revokeApiKey } from '../../commands/keys/revoke-api-key.ts';
import { revokeCredential } from '../../commands/keys/revoke-credential.ts';
import { revokeDevice } from '../../commands/keys/revoke-device.ts';
import { rotateApiKey } from '../../commands/keys/rotate-api-key.ts';
import { setStaffMember } from '../../commands/keys/set-staff-member.ts';
import { setStaffPin } from '../../commands/keys/set-staff-pin.ts';
import { signInExternal } from '../../commands/keys/sign-in-external.ts';
import { signInStaff } from '../../commands/keys/sign-in-staff.ts';
import { signOutStaff } from '../../commands/keys/sign-out-staff.ts';
import { upsertCredential } from '../../commands/keys/upsert-credential.ts';
import { upsertDevice } from '../../commands/keys/upsert-device.ts';
import { upsertStaffMember } from '../../commands/keys/upsert-staff-member.ts';
import type {
  MutationResolvers as InternalMutations,
  QueryResolvers as InternalQueries,
} from '../../generated/internal.ts';
import type { MutationResolvers, QueryResolvers } from '../../generated/schema.ts';

export const keyQueries = {
  apiKeys: (_, page, { caller, keys }) => listApiKeys(keys, caller, page),
  apiKey: (_, { id }, { caller, keys }) => readApiKey(keys, caller, id),
  devices: (_, page, { caller, keys }) => listDevices(keys, caller, page),
  staffMembers: (_, page, { keys }) => listStaffMembers(keys, page),
  staff: (_, _args, { caller, db }) => readOwnStaff(db, caller),
} satisfies QueryResolvers;

export const keyMutations = {
  apiKeyCreate: (_, { input }, { caller, keys }) => createApiKey(keys, caller, input),
  apiKeyRotate: (_, { input }, { caller, keys }) => rotateApiKey(keys, caller, input),
  apiKeyRevoke: (_, { input }, { caller, keys }) => revokeApiKey(keys, caller, input),
  deviceRegister: (_, { input }, { caller, keys }) => registerDevice(keys, caller, input),
  deviceRevoke: (_, { input }, { caller, keys }) => revokeDevice(keys, caller, input),
  staffMemberSet: (_, { input }, { caller, keys }) => setStaffMember(keys, caller, input),
  staffPinSet: (_, { input }, { caller, keys }) => setStaffPin(keys, caller, input),
  staffSignIn: (_, { input }, { caller, keys }) => signInStaff(keys, caller, input),
  staffSignOut: (_, _args, { caller, keys }) => signOutStaff(keys, caller),
  signInExternal: (_, { input }, ctx) => signInExternal(ctx.keys, input, channelOf(ctx)),
} satisfies MutationResolvers;

/** What other services ask of credentials. */
export const keyInternalQueries = {
  authenticate: (_, { credential }, { keys }) => authenticate(keys, credential),
  credentialRefusal: (_, { credential }, { keys }) => refusalOfCredential(keys.mode, credential),
} satisfies InternalQueries;

export const keyInternalMutations = {
  credentialUpsert: (_, { input }, { db }) => upsertCredential(db, input),
  credentialRevoke: (_, { input }, { db }) => revokeCredential(db, input.credentialId),
  deviceUpsert: (_, { input }, { db, caller }) => upsertDevice(db, caller, input),
  staffMemberUpsert: (_, { input }, { keys }) => upsertStaffMember(keys, input),
} satisfies InternalMutations;
