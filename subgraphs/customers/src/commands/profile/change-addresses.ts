import type { Database, Tx } from '@kontor/kit/src/database.ts';
import { invalidInput, notFound, versionConflict } from '@kontor/kit/src/errors.ts';
import {
  deleteAddress,
  findAddresses,
  insertAddress,
  replaceAddress,
  writeDefault,
} from '../../data/profile/addresses.ts';
import {
  ADDRESS_KINDS,
  MOST_ADDRESSES,
  type Address,
  type AddressKind,
  type AddressParts,
} from '../../domain/profile/address.ts';
import type { Customer } from '../../domain/profile/customer.ts';
import { readAddress, type AddressInput } from './read-address.ts';
import { changeProfile } from './changed-profile.ts';

/** The address was kept. */
export interface AddressSaved {
  readonly __typename: 'AddressSaved';
  readonly address: Address;
  readonly customer: Customer;
}

export type AddressOutcome =
  AddressSaved | ReturnType<typeof invalidInput> | ReturnType<typeof notFound> | ReturnType<typeof versionConflict>;

const NO_ADDRESS = notFound('There is no such address.', ['input', 'addressId']);
const TOO_MANY = invalidInput(
  'TOO_MANY_ADDRESSES',
  `A profile has at most ${MOST_ADDRESSES} addresses. Remove one first.`,
  ['input', 'address'],
);

const isDefault = (address: Address, kind: AddressKind): boolean =>
  kind === 'SHIPPING' ? address.isDefaultShipping : address.isDefaultBilling;

type Refused = Exclude<AddressOutcome, AddressSaved>;
type Step = { readonly outcome: Address | Refused; readonly changed: boolean };
const refused = (outcome: Refused): Step => ({ outcome, changed: false });

/** Runs a step under the lock of the profile: of several at once, each sees the addresses as the one before left them. */
async function change(
  db: Database,
  customerId: string,
  step: (tx: Tx, customerId: string, addresses: readonly Address[]) => Promise<Step>,
): Promise<AddressOutcome | null> {
  const result = await changeProfile(db, customerId, async (tx, { id }) => step(tx, id, await findAddresses(tx, [id])));
  if (!result) return null;
  const { outcome, customer } = result;
  return '__typename' in outcome ? outcome : { __typename: 'AddressSaved', address: outcome, customer };
}

/**
 * Adds an address. The first becomes the default of both kinds, so that from then on there is one of each.
 * @returns InvalidInput with the field at fault; null when there is no such profile.
 */
export async function addAddress(
  db: Database,
  customerId: string,
  input: { readonly address: AddressInput; readonly defaultFor?: readonly AddressKind[] | null | undefined },
): Promise<AddressOutcome | null> {
  const read = readAddress(input.address);
  if ('code' in read) return read;
  return change(db, customerId, async (tx, id, addresses) => {
    if (addresses.length >= MOST_ADDRESSES) return refused(TOO_MANY);
    const inserted = await insertAddress(tx, id, read);
    const kinds = ADDRESS_KINDS.filter(
      (kind) => input.defaultFor?.includes(kind) || !addresses.some((each) => isDefault(each, kind)),
    );
    return { outcome: await becomeDefault(tx, inserted, kinds), changed: true };
  });
}

/** Replaces an address where it is still at the version that was read; writing what already is changes nothing. */
export async function updateAddress(
  db: Database,
  customerId: string,
  input: { readonly addressId: string; readonly expectedVersion: number; readonly address: AddressInput },
): Promise<AddressOutcome | null> {
  const read = readAddress(input.address);
  if ('code' in read) return read;
  return change(db, customerId, async (tx, _id, addresses) => {
    const address = addresses.find(({ id }) => id === input.addressId);
    if (!address) return refused(NO_ADDRESS);
    if (address.version !== input.expectedVersion) return refused(versionConflict('The address', address.version));
    if (isSame(address, read)) return { outcome: address, changed: false };
    return { outcome: await replaceAddress(tx, address.id, read), changed: true };
  });
}

const isSame = (address: Address, parts: AddressParts): boolean =>
  Object.entries(parts).every(([field, value]) => address[field as keyof AddressParts] === value);

/** Makes an address the default of a kind in the place of another. Repeating changes nothing. */
export const setDefaultAddress = (
  db: Database,
  customerId: string,
  { addressId, kind }: { readonly addressId: string; readonly kind: AddressKind },
): Promise<AddressOutcome | null> =>
  change(db, customerId, async (tx, _id, addresses) => {
    const address = addresses.find(({ id }) => id === addressId);
    if (!address) return refused(NO_ADDRESS);
    if (isDefault(address, kind)) return { outcome: address, changed: false };
    return { outcome: await writeDefault(tx, address, kind), changed: true };
  });

/** Forgets an address; where it was a default, the newest that is left becomes it. Repeating changes nothing. @returns null when there is no such profile. */
export async function removeAddress(
  db: Database,
  customerId: string,
  addressId: string,
): Promise<{ readonly __typename: 'AddressRemoved'; readonly removed: boolean; readonly customer: Customer } | null> {
  const result = await changeProfile(db, customerId, async (tx, { id: owner }) => {
    const addresses = await findAddresses(tx, [owner]);
    const address = addresses.find(({ id }) => id === addressId);
    if (!address) return { outcome: false, changed: false };
    await deleteAddress(tx, address.id);
    const heir = addresses.findLast(({ id }) => id !== address.id);
    if (heir)
      await becomeDefault(
        tx,
        heir,
        ADDRESS_KINDS.filter((kind) => isDefault(address, kind)),
      );
    return { outcome: true, changed: true };
  });
  return result && { __typename: 'AddressRemoved', removed: result.outcome, customer: result.customer };
}

async function becomeDefault(tx: Tx, address: Address, kinds: readonly AddressKind[]): Promise<Address> {
  let current = address;
  for (const kind of kinds) current = await writeDefault(tx, current, kind);
  return current;
}
