import type { Caller } from '@kontor/kit/src/auth/caller.ts';
import { inTransaction, type Database, type Tx } from '@kontor/kit/src/database.ts';
import { idempotencyKeyReused, invalidInput, notFound } from '@kontor/kit/src/errors.ts';
import { isId, newId } from '@kontor/kit/src/ids.ts';
import type { Money } from '@kontor/kit/src/money.ts';
import { postTransaction } from '../../data/accounts/ledger.ts';
import { noteBooking } from '../../data/companies/credit.ts';
import { lockLocation } from '../../data/companies/locations.ts';
import type { Booking } from '../../domain/companies/credit.ts';
import type { CompanyLocation } from '../../domain/companies/company-location.ts';
import { readText } from '../read-input.ts';
import { refusalOf, valueOf } from '../refuse-fault.ts';
import { whoIs } from './may-manage.ts';
import { orRefused, RefusedChange } from './refused-change.ts';

const MAX_REFERENCE_LENGTH = 200;
const MAX_KEY_LENGTH = 200;

/** Money that came, or a correction. */
export interface BookCredit {
  readonly companyLocationId: string;
  readonly amount: Money;
  /** Such as the number of the transfer. */
  readonly reference: string;
  /** When the money came; now when absent. */
  readonly paidAt?: string | null | undefined;
  readonly idempotencyKey: string;
}

export type BookCreditOutcome =
  | { readonly __typename: 'CreditBooked'; readonly location: CompanyLocation; readonly bookingId: string }
  | ReturnType<typeof invalidInput>
  | ReturnType<typeof notFound>
  | ReturnType<typeof idempotencyKeyReused>;

/**
 * Books a payment of a location, or an adjustment (positive: in its favour), once for each key of the caller, in one transaction with the
 * ledger. More than is owed can be paid; an adjustment does not charge more than the credit gives.
 */
export async function bookCredit(
  db: Database,
  caller: Caller,
  kind: Booking['kind'],
  input: BookCredit,
): Promise<BookCreditOutcome> {
  const reference = readText(input.reference, 'reference', MAX_REFERENCE_LENGTH);
  const idempotencyKey = readText(input.idempotencyKey, 'idempotencyKey', MAX_KEY_LENGTH);
  const refusal = refusalOf(reference, idempotencyKey);
  if (refusal) return refusal;
  const { minorUnits } = input.amount;
  if (minorUnits === 0 || (kind === 'PAYMENT' && minorUnits < 0))
    return invalidInput(
      'INVALID_AMOUNT',
      kind === 'PAYMENT' ? 'A payment is positive.' : 'An adjustment is not zero.',
      ['input', 'amount'],
    );
  return orRefused(
    inTransaction(db, (tx) =>
      book(tx, {
        ...input,
        kind,
        reference: valueOf(reference),
        idempotencyKey: valueOf(idempotencyKey),
        by: whoIs(caller),
      }),
    ),
  );
}

interface Booked extends BookCredit {
  readonly kind: Booking['kind'];
  readonly by: string;
}

/** @throws RefusedChange */
async function book(tx: Tx, { kind, by, ...input }: Booked): Promise<BookCreditOutcome> {
  const location = isId(input.companyLocationId) ? await lockLocation(tx, input.companyLocationId) : null;
  if (!location) return notFound('There is no such location.', ['input', 'companyLocationId']);
  const { currency, minorUnits } = input.amount;
  if (currency !== location.currency)
    return invalidInput('WRONG_CURRENCY', `The location pays in ${location.currency}.`, [
      'input',
      'amount',
      'currency',
    ]);
  const wished: Booking = {
    id: newId(),
    companyLocationId: location.id,
    kind,
    amountMinor: minorUnits,
    currency,
    reference: input.reference,
    valueAt: input.paidAt ?? null,
    bookedBy: by,
    idempotencyKey: input.idempotencyKey,
  };
  const { booking, isNew } = await noteBooking(tx, wished);
  const outcome = { __typename: 'CreditBooked' as const, location, bookingId: booking.id };
  if (!isNew) return isSame(booking, wished) ? outcome : idempotencyKeyReused();
  const posted = await postTransaction(tx, {
    kind: `CREDIT_${kind}`,
    reference: booking.id,
    actor: by,
    entries: [
      { account: { kind: 'CREDIT', ownerId: location.id, unit: currency }, amount: minorUnits },
      { counter: kind === 'PAYMENT' ? 'CREDIT_PAID' : 'CREDIT_ADJUSTED', unit: currency, amount: -minorUnits },
    ],
  });
  if (posted.status === 'INSUFFICIENT')
    throw new RefusedChange<BookCreditOutcome>(
      invalidInput('CREDIT_EXCEEDED', 'The credit of the location does not cover this.', ['input', 'amount']),
    );
  return outcome;
}

const FIELDS = ['companyLocationId', 'kind', 'amountMinor', 'currency', 'reference'] as const;

const isSame = (one: Booking, other: Booking): boolean =>
  FIELDS.every((field) => one[field] === other[field]) &&
  (other.valueAt === null || one.valueAt === null || Date.parse(one.valueAt) === Date.parse(other.valueAt));
