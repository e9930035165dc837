import { isDeepStrictEqual } from 'node:util';
import { inTransaction, type Database, type Tx } from '@kontor/kit/src/database.ts';
import { invalidInput, versionConflict } from '@kontor/kit/src/errors.ts';
import { databaseNow } from '../../data/database-now.ts';
import { findFeeSchedule } from '../../data/lists/fee-schedules.ts';
import { findPriceList } from '../../data/lists/find-lists.ts';
import { lockChains, lockDescendants, lockListChanges, lockPriceList } from '../../data/lists/lock-lists.ts';
import {
  findChain,
  findTooDeep,
  findVariantsOf,
  holdsPrices,
  insertList,
  type ListToWrite,
  updateChains,
  updateList,
} from '../../data/lists/write-lists.ts';
import type { Derivation, PriceList, PriceRounding } from '../../domain/lists/price-list.ts';
import { type PriceListDraft, priceListFault } from '../../domain/lists/price-list-draft.ts';
import { announcePrices } from '../announce/announce-prices.ts';
import { overlappingWindow } from './overlapping-window.ts';

/** A list as it shall be. */
export interface SetPriceList extends PriceListDraft {
  /** Whether a list that is new prices nothing yet; one that is there already stays as active as it is. */
  readonly isDraft: boolean;
  /** The version that was read, 0 for none; null takes whatever there is. */
  readonly expectedVersion: number | null;
}

export type PriceListOutcome =
  | { readonly __typename: 'PriceListSaved'; readonly priceList: PriceList }
  | ReturnType<typeof invalidInput>
  | ReturnType<typeof versionConflict>;

/** Parents that a list may derive from, through one another. */
const MAX_DEPTH = 5;

/** Ends a transaction with a refusal. */
class Refused extends Error {
  readonly refusal: ReturnType<typeof invalidInput>;
  constructor(...fault: Parameters<typeof invalidInput>) {
    super(fault[1]);
    this.refusal = invalidInput(...fault);
  }
}

/**
 * Makes a price list, or changes the one of that code, in one transaction. Repeating it changes nothing: a list that is as asked for keeps
 * its version and emits no event. Currency and tax mode are fixed once it holds a price or others derive from it.
 */
export async function setPriceList(db: Database, draft: SetPriceList): Promise<PriceListOutcome> {
  const fault = priceListFault(draft);
  if (fault) return invalidInput(fault.code, fault.message, fault.path);
  try {
    return await inTransaction(db, (tx) => save(tx, draft));
  } catch (error) {
    if (error instanceof Refused) return error.refusal;
    throw error;
  }
}

async function save(tx: Tx, draft: SetPriceList): Promise<PriceListOutcome> {
  await lockListChanges(tx);
  const found = await findPriceList(tx, draft.code);
  const version = found?.version ?? 0;
  if (draft.expectedVersion !== null && draft.expectedVersion !== version)
    return versionConflict(`The price list "${draft.code}"`, version);
  const list = await toWrite(tx, draft, found);
  const isMoved = parentOf(found) !== parentOf(list);
  if (isMoved) await lockChains(tx);
  // As it was found: lists themselves are changed under the first lock alone. Its prices may be others now, and its revision.
  const before = found && (await lockPriceList(tx, draft.code));
  if (before && isSame(before, list)) return { __typename: 'PriceListSaved', priceList: before };
  if (before) await assertChangeable(tx, before, list);
  const overlap = await overlappingWindow(tx, list, ['input', 'validity']);
  if (overlap) return overlap;
  if (!before) return made(tx, list);
  // What it held for whom it was meant before, and what it holds now. Nobody pays another price because of another name.
  const isPriced = !isSame({ ...before, name: list.name }, list);
  const variantsBefore = isPriced ? await findVariantsOf(tx, before.id) : [];
  await updateList(tx, before.id, list);
  if (isMoved) await moveDescendants(tx, before.id, list.ancestors);
  const changed = (await findPriceList(tx, draft.code))!;
  const variants = isPriced ? joined(variantsBefore, await findVariantsOf(tx, before.id)) : [];
  return { __typename: 'PriceListSaved', priceList: await announcePrices(tx, changed, variants, before) };
}

const parentOf = (list: Pick<PriceList, 'derivation'> | null): string | null => list?.derivation?.parentId ?? null;

async function made(tx: Tx, list: ListToWrite): Promise<PriceListOutcome> {
  const id = await insertList(tx, list);
  const priceList = (await findPriceList(tx, list.code))!;
  // Nobody sees another price because of a list that holds none, or is a draft.
  const variants = list.derivation && list.activity ? await findVariantsOf(tx, id) : [];
  if (variants?.length === 0) return { __typename: 'PriceListSaved', priceList };
  return { __typename: 'PriceListSaved', priceList: await announcePrices(tx, priceList, variants) };
}

async function toWrite(tx: Tx, draft: SetPriceList, before: PriceList | null): Promise<ListToWrite> {
  const { code, name, scope, channel, currency, taxIncluded, validity } = draft;
  const { derivation, ancestors } = await derivationOf(tx, draft, before);
  const activity = before ? before.activity : draft.isDraft ? null : { from: await databaseNow(tx), until: null };
  const subject = scope === 'ASSIGNED' || scope === 'SOURCE' ? code : (draft.subject?.toLowerCase() ?? null);
  return {
    ...{ code, name, scope, channel, currency, taxIncluded, validity, activity, derivation, ancestors },
    // Ids are compared as PostgreSQL writes them; codes of groups as they are.
    subject: scope === 'GROUP' ? draft.subject : subject,
  };
}

async function derivationOf(
  tx: Tx,
  { derivation, currency, taxIncluded }: SetPriceList,
  before: PriceList | null,
): Promise<{ derivation: Derivation | null; ancestors: string[] }> {
  if (!derivation) return { derivation: null, ancestors: [] };
  const { parentCode, adjustment, rounding } = derivation;
  const path = ['input', 'derivation', 'from'];
  const parent = await findPriceList(tx, parentCode);
  if (!parent) throw new Refused('UNKNOWN_LIST', `There is no price list "${parentCode}".`, path);
  if (parent.currency !== currency)
    throw new Refused('OTHER_CURRENCY', `The list ${parentCode} is in ${parent.currency}, not ${currency}.`, path);
  if (adjustment.kind === 'MARGIN' ? parent.taxIncluded : parent.taxIncluded !== taxIncluded)
    throw new Refused(
      'OTHER_TAX_MODE',
      adjustment.kind === 'MARGIN'
        ? `Costs are net: the list ${parentCode} holds gross amounts.`
        : `The list ${parentCode} holds ${parent.taxIncluded ? 'gross' : 'net'} amounts, and so has this one.`,
      path,
    );
  if (adjustment.kind === 'MARGIN') {
    const fees = await findFeeSchedule(tx, adjustment.feeSchedule);
    if (fees?.currency !== currency)
      throw new Refused('UNKNOWN_FEES', `There is no fee schedule "${adjustment.feeSchedule}" in ${currency}.`, [
        ...path.slice(0, 2),
        'margin',
        'feeScheduleCode',
      ]);
  }
  const ancestors = await findChain(tx, parent.id);
  if (before && ancestors.includes(before.id))
    throw new Refused('CYCLIC_LIST', `The list ${parentCode} derives from ${before.code} already.`, path);
  if (ancestors.length > MAX_DEPTH)
    throw new Refused('LIST_TOO_DEEP', `A list derives from at most ${MAX_DEPTH} others, one from the other.`, path);
  return { derivation: { parentId: parent.id, adjustment, rounding: rounding && roundingOf(rounding) }, ancestors };
}

/** A plain object whatever was sent, so that it is compared with what is kept by its fields alone. */
const roundingOf = ({ mode, stepMinor, endingMinor }: PriceRounding): PriceRounding => ({
  mode,
  stepMinor,
  endingMinor,
});

async function assertChangeable(tx: Tx, before: PriceList, list: ListToWrite): Promise<void> {
  if (before.currency === list.currency && before.taxIncluded === list.taxIncluded) return;
  // Certain under the list's lock: who writes prices holds it too.
  const isUsed = (await holdsPrices(tx, before.id)) || (await lockDescendants(tx, before.id)).length > 0;
  if (isUsed)
    throw new Refused(
      'PRICE_LIST_IN_USE',
      `The list ${before.code} holds prices in ${before.currency}, or others derive from it: make another list for another currency or tax mode.`,
      ['input', before.currency === list.currency ? 'taxIncluded' : 'currency'],
    );
}

/** Lists that derive from one which derives from something else now do so through it. */
async function moveDescendants(tx: Tx, id: string, ancestors: readonly string[]): Promise<void> {
  await lockDescendants(tx, id);
  const tooDeep = await findTooDeep(tx, id, ancestors.length, MAX_DEPTH);
  if (tooDeep !== null)
    throw new Refused('LIST_TOO_DEEP', `The list ${tooDeep} would derive from more than ${MAX_DEPTH} others.`, [
      'input',
      'derivation',
      'from',
    ]);
  await updateChains(tx, id, ancestors);
}

/** Both together, as PostgreSQL writes them and in order; null when one is all. */
function joined(one: readonly string[] | null, other: readonly string[] | null): string[] | null {
  return one && other && [...new Set([...one, ...other])].sort();
}

function isSame(before: PriceList, list: ListToWrite): boolean {
  const { name, scope, subject, channel, currency, taxIncluded, validity, derivation } = list;
  const wanted = { name, scope, subject, channel, currency, taxIncluded, validity, derivation };
  const present = Object.fromEntries(Object.keys(wanted).map((key) => [key, before[key as keyof PriceList]]));
  return isDeepStrictEqual(present, wanted);
}
