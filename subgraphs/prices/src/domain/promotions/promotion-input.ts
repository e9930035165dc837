import { isId } from '@kontor/kit/src/ids.ts';
import { isCurrencyCode } from '@kontor/kit/src/money.ts';
import { MAX_PRICE_MINOR } from '../amounts/precise.ts';
import type { Fault } from '../lists/price-list.ts';
import type { AmountByCurrency, GoodsTarget, Promotion, PromotionConditions, PromotionEffect } from './promotion.ts';

/** A promotion as somebody wants it. */
export type PromotionDraft = Omit<Promotion, 'id' | 'version' | 'activity' | 'isExhausted'>;

const CODE = /^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/;
const LABEL = /^(?:tag|vendor|type|attribute):.{1,200}$/su;
const MAX_NAME = 200;
const MAX_TARGETS = 1_000;
const MAX_NAMED = 100;
const MAX_PARTS = 10;
const MAX_QUANTITY = 10_000;
const MAX_PRIORITY = 1_000;
const MAX_BUNDLE = 100;
const MINUTES_OF_DAY = 1_440;
const MAX_CURRENCIES = 20;

const fault = (code: string, message: string, ...path: string[]): Fault => ({
  code,
  message,
  path: ['input', ...path],
});

/** The first rule that a promotion breaks; null when it may be saved. */
export function promotionFault(draft: PromotionDraft): Fault | null {
  const { code, name, priority, validity, limits } = draft;
  if (!CODE.test(code))
    return fault(
      'INVALID_CODE',
      'A promotion is named by 1 to 64 lower-case letters, digits and hyphens.',
      'promotionCode',
    );
  if (name.trim() === '' || name.length > MAX_NAME || /\p{Cc}/u.test(name))
    return fault('INVALID_NAME', `A name has 1 to ${MAX_NAME} characters, without line breaks.`, 'name');
  if (Math.abs(priority) > MAX_PRIORITY)
    return fault('INVALID_PRIORITY', `A priority is from −${MAX_PRIORITY} to ${MAX_PRIORITY}.`, 'priority');
  if (validity && validity.from === null && validity.until === null)
    return fault('INVALID_WINDOW', 'Dates have a first or a last moment, or both.', 'validity');
  if (validity?.from && validity.until && validity.from.getTime() >= validity.until.getTime())
    return fault('INVALID_WINDOW', 'A promotion ends after it begins.', 'validity', 'until');
  return effectFault(draft.effect) ?? conditionsFault(draft.conditions) ?? limitsFault(limits);
}

function effectFault(effect: PromotionEffect): Fault | null {
  switch (effect.kind) {
    case 'PERCENT':
      return targetFault(effect.target, 'effect', 'percent', 'target') ?? shareFault(effect.basisPoints, 'percent');
    case 'CART_PERCENT':
      return (
        targetFault(effect.target, 'effect', 'cartPercent', 'target') ?? shareFault(effect.basisPoints, 'cartPercent')
      );
    case 'AMOUNT':
      return (
        targetFault(effect.target, 'effect', 'amount', 'target') ??
        amountsFault(effect.off, 1, 'effect', 'amount', 'off')
      );
    case 'CART_AMOUNT':
      return (
        targetFault(effect.target, 'effect', 'cartAmount', 'target') ??
        amountsFault(effect.off, 1, 'effect', 'cartAmount', 'off')
      );
    case 'BUY_GET':
      return (
        targetFault(effect.buy, 'effect', 'buyGet', 'buy') ??
        targetFault(effect.get, 'effect', 'buyGet', 'get') ??
        quantityFault(effect.buyQuantity, MAX_BUNDLE, 'effect', 'buyGet', 'buyQuantity') ??
        quantityFault(effect.getQuantity, MAX_BUNDLE, 'effect', 'buyGet', 'getQuantity') ??
        shareFault(effect.basisPoints, 'buyGet') ??
        timesFault(effect.maxTimes, 'buyGet')
      );
    case 'BUNDLE':
      return bundleFault(effect);
    case 'GIFT':
      if (!isId(effect.variantId))
        return fault('INVALID_TARGET', 'This is not the id of a variant.', 'effect', 'gift', 'variantId');
      return quantityFault(effect.quantity, MAX_BUNDLE, 'effect', 'gift', 'quantity');
    case 'FREE_SHIPPING':
      return effect.optionCodes.length <= MAX_NAMED && effect.optionCodes.every((code) => CODE.test(code))
        ? null
        : fault(
            'INVALID_TARGET',
            `Ways of sending are named by their codes, at most ${MAX_NAMED}.`,
            'effect',
            'freeShipping',
          );
  }
}

function bundleFault({ parts, price, maxTimes }: PromotionEffect & { kind: 'BUNDLE' }): Fault | null {
  if (parts.length === 0 || parts.length > MAX_PARTS)
    return fault('INVALID_TARGET', `A bundle has 1 to ${MAX_PARTS} parts.`, 'effect', 'bundle', 'parts');
  for (const [index, { target, quantity }] of parts.entries()) {
    const path = ['effect', 'bundle', 'parts', String(index)];
    const broken = targetFault(target, ...path, 'target') ?? quantityFault(quantity, MAX_BUNDLE, ...path, 'quantity');
    if (broken) return broken;
  }
  return amountsFault(price, 0, 'effect', 'bundle', 'price') ?? timesFault(maxTimes, 'bundle');
}

const shareFault = (basisPoints: number, kind: string): Fault | null =>
  basisPoints >= 1 && basisPoints <= 10_000
    ? null
    : fault(
        'INVALID_PERCENT',
        'A share is from 1 to 10000 basis points: more than everything cannot be taken off.',
        'effect',
        kind,
        'basisPoints',
      );

const quantityFault = (quantity: number, most: number, ...path: string[]): Fault | null =>
  Number.isInteger(quantity) && quantity >= 1 && quantity <= most
    ? null
    : fault('INVALID_QUANTITY', `A quantity is from 1 to ${most}.`, ...path);

const timesFault = (times: number | null, kind: string): Fault | null =>
  times === null ? null : quantityFault(times, MAX_QUANTITY, 'effect', kind, 'maxTimes');

function amountsFault(amounts: AmountByCurrency, least: number, ...path: string[]): Fault | null {
  const entries = Object.entries(amounts);
  if (entries.length === 0 || entries.length > MAX_CURRENCIES)
    return fault('INVALID_AMOUNT', `Name 1 to ${MAX_CURRENCIES} amounts, each in a currency of its own.`, ...path);
  for (const [currency, minor] of entries) {
    if (!isCurrencyCode(currency)) return fault('UNKNOWN_CURRENCY', `There is no currency "${currency}".`, ...path);
    if (!Number.isSafeInteger(minor) || minor < least || minor > MAX_PRICE_MINOR)
      return fault('INVALID_AMOUNT', `An amount is from ${least} to ${MAX_PRICE_MINOR} minor units.`, ...path);
  }
  return null;
}

function targetFault({ exclude, ...target }: GoodsTarget, ...path: string[]): Fault | null {
  return namedFault(target, ...path) ?? namedFault(exclude, ...path, 'exclude');
}

function namedFault(target: GoodsTarget['exclude'], ...path: string[]): Fault | null {
  const { variantIds, productIds, categoryIds, labels } = target;
  const count = variantIds.length + productIds.length + categoryIds.length + labels.length;
  if (count > MAX_TARGETS) return fault('INVALID_TARGET', `A target names at most ${MAX_TARGETS} things.`, ...path);
  for (const [field, ids] of Object.entries({ variantIds, productIds, categoryIds }))
    if (!ids.every(isId)) return fault('INVALID_TARGET', 'One of these is not an id.', ...path, field);
  return labels.every((label) => LABEL.test(label) && !label.includes('\0'))
    ? null
    : fault(
        'INVALID_TARGET',
        'A label is tag:…, vendor:…, type:… or attribute:CODE=VALUE, as the catalogue writes it.',
        ...path,
        'labels',
      );
}

function conditionsFault(conditions: PromotionConditions): Fault | null {
  const { channels, groups, companyIds, countries, minQuantity, counting, minSubtotal } = conditions;
  for (const [field, names] of Object.entries({ channels, groups, companyIds, countries }))
    if (names.length > MAX_NAMED || names.some((name) => name === '' || name.length > 64 || name.includes('\0')))
      return fault('INVALID_CONDITION', `Name at most ${MAX_NAMED}, by their codes or ids.`, 'conditions', field);
  return (
    (minQuantity === null ? null : quantityFault(minQuantity, MAX_QUANTITY, 'conditions', 'minQuantity')) ??
    (counting && targetFault(counting, 'conditions', 'counting')) ??
    (minSubtotal && amountsFault(minSubtotal, 1, 'conditions', 'minSubtotal')) ??
    hoursFault(conditions)
  );
}

function hoursFault({ daysOfWeek, fromMinute, untilMinute, timeZone }: PromotionConditions): Fault | null {
  if (!isTimeZone(timeZone))
    return fault('INVALID_TIME_ZONE', `"${timeZone}" is no zone of the IANA database.`, 'conditions', 'timeZone');
  if (daysOfWeek.length > 7 || !daysOfWeek.every((day) => Number.isInteger(day) && day >= 1 && day <= 7))
    return fault('INVALID_CONDITION', 'Days are from 1, Monday, to 7, Sunday.', 'conditions', 'daysOfWeek');
  if ((fromMinute === null) !== (untilMinute === null))
    return fault('INVALID_WINDOW', 'Hours have a beginning and an end.', 'conditions', 'untilMinute');
  const isMinute = (minute: number | null) =>
    minute === null || (Number.isInteger(minute) && minute >= 0 && minute <= MINUTES_OF_DAY);
  return isMinute(fromMinute) && isMinute(untilMinute) && (fromMinute === null || fromMinute !== untilMinute)
    ? null
    : fault(
        'INVALID_WINDOW',
        `Hours are two different minutes from 0 to ${MINUTES_OF_DAY}.`,
        'conditions',
        'fromMinute',
      );
}

const ZONES = new Set([...Intl.supportedValuesOf('timeZone'), 'UTC']);
const isTimeZone = (text: string): boolean => ZONES.has(text);

function limitsFault({ maxUses, maxUsesPerCustomer, budget }: Promotion['limits']): Fault | null {
  const isLimit = (limit: number | null) =>
    limit === null || (Number.isInteger(limit) && limit >= 1 && limit <= 1_000_000_000);
  if (!isLimit(maxUses)) return fault('INVALID_LIMIT', 'A limit is 1 or more.', 'maxUses');
  if (!isLimit(maxUsesPerCustomer)) return fault('INVALID_LIMIT', 'A limit is 1 or more.', 'maxUsesPerCustomer');
  if (!budget) return null;
  if (!isCurrencyCode(budget.currency))
    return fault('UNKNOWN_CURRENCY', `There is no currency "${budget.currency}".`, 'budget');
  return Number.isSafeInteger(budget.minor) && budget.minor >= 1
    ? null
    : fault('INVALID_AMOUNT', 'A budget is 1 minor unit or more.', 'budget', 'minorUnits');
}

/** Ids as PostgreSQL writes them, whatever their spelling; nothing stands twice. */
export function normalTarget(target: GoodsTarget): GoodsTarget {
  const ids = (list: readonly string[]) => [...new Set(list.map((id) => id.toLowerCase()))];
  const named = ({ variantIds, productIds, categoryIds, labels }: GoodsTarget['exclude']) => ({
    variantIds: ids(variantIds),
    productIds: ids(productIds),
    categoryIds: ids(categoryIds),
    labels: [...new Set(labels)],
  });
  return { ...named(target), exclude: named(target.exclude) };
}
