import { isCurrencyCode } from '@kontor/kit/src/money.ts';
import { isId } from '@kontor/kit/src/ids.ts';
import type { Adjustment, FeeBracket, Fault, PriceListScope, PriceRounding, Span } from './price-list.ts';

/** A list as somebody wants it; what it derives from is named by code. */
export interface PriceListDraft {
  readonly code: string;
  readonly name: string;
  readonly scope: PriceListScope;
  readonly subject: string | null;
  readonly channel: string | null;
  readonly currency: string;
  readonly taxIncluded: boolean;
  readonly validity: Span | null;
  readonly derivation: {
    readonly parentCode: string;
    readonly adjustment: Adjustment;
    readonly rounding: PriceRounding | null;
  } | null;
}

const CODE = /^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/;
const MAX_NAME = 200;
const MAX_SUBJECT = 64;
const MAX_MINOR = 100_000_000_000;
/** The most that a list may be dearer than the one it derives from: ten times. */
const MAX_RISE = 90_000;

const fault = (code: string, message: string, ...path: string[]): Fault => ({
  code,
  message,
  path: ['input', ...path],
});

/** The first rule that a list breaks by itself; null when it may be saved. */
export function priceListFault(draft: PriceListDraft): Fault | null {
  const { code, name, currency } = draft;
  if (!CODE.test(code))
    return fault(
      'INVALID_CODE',
      'A price list code is 1 to 64 lower-case letters, digits and hyphens, such as "base-eur".',
      'code',
    );
  if (name.trim() === '' || name.length > MAX_NAME || name.includes('\0'))
    return fault('INVALID_NAME', `A name has 1 to ${MAX_NAME} characters.`, 'name');
  if (!isCurrencyCode(currency)) return fault('UNKNOWN_CURRENCY', `There is no currency "${currency}".`, 'currency');
  return audienceFault(draft) ?? windowFault(draft.validity) ?? derivationFault(draft);
}

function audienceFault({ code, scope, subject, channel }: PriceListDraft): Fault | null {
  if (scope === 'CHANNEL' && !channel)
    return fault('INVALID_CHANNEL', 'A list of scope CHANNEL names its channel.', 'channel');
  if ((scope === 'BASE' || scope === 'SOURCE') && channel !== null)
    return fault('INVALID_CHANNEL', `A list of scope ${scope} is for all channels.`, 'channel');
  if (channel?.includes('\0')) return fault('INVALID_CHANNEL', 'This is not the code of a channel.', 'channel');
  switch (scope) {
    case 'GROUP':
      return isGroup(subject)
        ? null
        : fault('INVALID_SUBJECT', 'A list of scope GROUP names the code of a group.', 'subject');
    case 'COMPANY':
    case 'LOCATION':
    case 'CUSTOMER':
      return subject !== null && isId(subject)
        ? null
        : fault('INVALID_SUBJECT', `A list of scope ${scope} names an id as its subject.`, 'subject');
    case 'ASSIGNED':
    case 'SOURCE':
      // What was read may be saved again: their subject is their own code.
      return subject === null || subject === code
        ? null
        : fault('INVALID_SUBJECT', `A list of scope ${scope} names no subject but itself.`, 'subject');
    case 'BASE':
    case 'CHANNEL':
      return subject === null
        ? null
        : fault('INVALID_SUBJECT', `A list of scope ${scope} names no subject.`, 'subject');
  }
}

const isGroup = (subject: string | null): boolean =>
  subject !== null && subject !== '' && subject.length <= MAX_SUBJECT && !subject.includes('\0');

function windowFault(validity: Span | null): Fault | null {
  if (!validity) return null;
  const { from, until } = validity;
  if (from === null && until === null)
    return fault('INVALID_WINDOW', 'A list with dates has a first or a last moment, or both.', 'validity');
  if (from !== null && until !== null && from.getTime() >= until.getTime())
    return fault('INVALID_WINDOW', 'A list ends after it begins.', 'validity', 'until');
  return null;
}

function derivationFault({ code, derivation }: PriceListDraft): Fault | null {
  if (!derivation) return null;
  const { parentCode, adjustment, rounding } = derivation;
  if (parentCode === code) return fault('CYCLIC_LIST', 'A list cannot derive from itself.', 'derivation', 'from');
  return adjustmentFault(adjustment) ?? roundingFault(rounding);
}

function adjustmentFault(adjustment: Adjustment): Fault | null {
  const at = (field: string) => ['derivation', field];
  switch (adjustment.kind) {
    case 'PERCENT':
      return adjustment.basisPoints >= -10_000 && adjustment.basisPoints <= MAX_RISE
        ? null
        : fault('INVALID_PERCENT', `A share is from −10000 to ${MAX_RISE} basis points.`, ...at('percentBasisPoints'));
    case 'AMOUNT':
      return Number.isSafeInteger(adjustment.minor) && Math.abs(adjustment.minor) <= MAX_MINOR
        ? null
        : fault('INVALID_AMOUNT', `An amount is at most ${MAX_MINOR} minor units.`, ...at('amountMinor'));
    case 'MARGIN':
      if (adjustment.basisPoints < 0 || adjustment.basisPoints >= 10_000)
        return fault('INVALID_PERCENT', 'A margin is from 0 to 9999 basis points.', ...at('margin'), 'basisPoints');
      return adjustment.taxBasisPoints >= 0 && adjustment.taxBasisPoints <= 10_000
        ? null
        : fault('INVALID_PERCENT', 'A tax is from 0 to 10000 basis points.', ...at('margin'), 'taxBasisPoints');
  }
}

function roundingFault(rounding: PriceRounding | null): Fault | null {
  if (!rounding) return null;
  const { stepMinor, endingMinor } = rounding;
  const isStep = Number.isSafeInteger(stepMinor) && stepMinor >= 1 && stepMinor <= MAX_MINOR;
  if (isStep && endingMinor >= 0 && endingMinor < stepMinor) return null;
  return fault(
    'INVALID_ROUNDING',
    'Amounts end as 0 up to one less than a step of 1 or more.',
    'derivation',
    'rounding',
  );
}

const MAX_BRACKETS = 50;

/** The first rule that the brackets of a fee schedule break; null when they may be saved. */
export function feeBracketsFault(brackets: readonly FeeBracket[]): Fault | null {
  if (brackets.length === 0 || brackets.length > MAX_BRACKETS)
    return fault('INVALID_BRACKETS', `A fee schedule has 1 to ${MAX_BRACKETS} brackets.`, 'brackets');
  for (const [index, { fromMinor, basisPoints, fixedMinor, minimumMinor }] of brackets.entries()) {
    const at = (field: string) => ['brackets', String(index), field];
    if (index === 0 ? fromMinor !== 0 : fromMinor <= brackets[index - 1]!.fromMinor)
      return fault('INVALID_BRACKETS', 'Brackets begin at 0 and ascend.', ...at('fromMinor'));
    if (basisPoints < 0 || basisPoints > 10_000)
      return fault('INVALID_PERCENT', 'A share is from 0 to 10000 basis points.', ...at('basisPoints'));
    const isAmount = (minor: number) => Number.isSafeInteger(minor) && minor >= 0 && minor <= MAX_MINOR;
    if (!isAmount(fixedMinor)) return fault('INVALID_AMOUNT', 'A fee is not negative.', ...at('fixedMinor'));
    if (!isAmount(minimumMinor)) return fault('INVALID_AMOUNT', 'A fee is not negative.', ...at('minimumMinor'));
    if (fromMinor > MAX_MINOR) return fault('INVALID_AMOUNT', 'The bracket begins too high.', ...at('fromMinor'));
  }
  return null;
}
