import { brokenConstraint, type Database } from '@kontor/kit/src/database.ts';
import { badInput } from '@kontor/kit/src/errors.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { upsertCredential as writeCredential } from '../../data/keys/credentials.ts';
import { CREDENTIAL_ROLES, type CredentialRole } from '../../domain/keys/credential.ts';
import { hashSecret, MAX_SECRET_LENGTH, MIN_SECRET_LENGTH } from './hash-secret.ts';
import { shapeOfSecret } from './key-secret.ts';
import { readId, readText } from '../read-input.ts';
import { valueOf } from '../refuse-fault.ts';

const MAX_LABEL_LENGTH = 100;
const MAX_CHANNEL_LENGTH = 64;
const MAX_SCOPES = 50;
const SCOPE = /^[a-z-]{1,40}(:[a-z-]{1,40})?$/;
/** Opens what services ask of each other: no credential from outside may have it. */
const RESERVED_SCOPE = 'internal';

export interface CredentialInput {
  readonly secret: string;
  readonly label: string;
  readonly role: string;
  readonly channel?: string | null | undefined;
  readonly scopes: readonly string[];
  readonly customerId?: string | null | undefined;
  readonly locationId?: string | null | undefined;
}

/**
 * Registers a credential, or changes what it may do, in one statement; only the hash of its secret is kept.
 * @throws GraphQLError BAD_USER_INPUT
 */
export async function upsertCredential(db: Database, input: CredentialInput): Promise<{ credentialId: string }> {
  const { secret, channel } = input;
  if (secret.length < MIN_SECRET_LENGTH || secret.length > MAX_SECRET_LENGTH || !/^\S+$/.test(secret))
    throw badInput(`A secret has ${MIN_SECRET_LENGTH} to ${MAX_SECRET_LENGTH} characters and no blanks.`, [
      'input',
      'secret',
    ]);
  if (shapeOfSecret(secret) === 'malformed')
    throw badInput('A secret that begins like a key needs its checksum.', ['input', 'secret']);
  const role = readRole(input.role);
  const customerId = valueOf(readId(input.customerId, 'customerId'));
  if ((role === 'customer') !== (customerId !== null))
    throw badInput('The role customer, and no other, goes with a customerId.', ['input', 'customerId']);
  const credential = {
    secretHash: hashSecret(secret),
    label: valueOf(readText(input.label, 'label', MAX_LABEL_LENGTH)),
    role,
    channel:
      channel === null || channel === undefined ? null : valueOf(readText(channel, 'channel', MAX_CHANNEL_LENGTH)),
    scopes: readScopes(input.scopes),
    customerId,
    locationId: valueOf(readId(input.locationId, 'locationId')),
  };
  try {
    return { credentialId: await writeCredential(db.orm, newId(), credential) };
  } catch (error) {
    if (brokenConstraint(error) !== 'credentials_customer') throw error;
    throw badInput('There is no such customer.', ['input', 'customerId']);
  }
}

function readRole(text: string): CredentialRole {
  const role = CREDENTIAL_ROLES.find((each) => each === text);
  if (!role) throw badInput(`role must be one of ${CREDENTIAL_ROLES.join(', ')}.`, ['input', 'role']);
  return role;
}

function readScopes(scopes: readonly string[]): string[] {
  const wrong = scopes.find((scope) => scope === RESERVED_SCOPE || !SCOPE.test(scope));
  if (wrong !== undefined)
    throw badInput(`"${wrong.slice(0, 100)}" is not a scope that a credential can have.`, ['input', 'scopes']);
  if (scopes.length > MAX_SCOPES) throw badInput(`A credential has at most ${MAX_SCOPES} scopes.`, ['input', 'scopes']);
  return [...new Set(scopes)].sort();
}
