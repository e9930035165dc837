import { removeShippingOption } from '../commands/shipping/remove-shipping-option.ts';
import { setShippingOption } from '../commands/shipping/set-shipping-option.ts';
import { findShippingOption, findShippingOptions } from '../data/shipping/find-shipping-options.ts';
import type { ShippingOptionInput } from '../domain/shipping/accept-shipping-option.ts';
import { STANDARD_CATEGORY } from '../domain/taxes/tax-rates.ts';
import type {
  MutationResolvers,
  QueryResolvers,
  ShippingOptionResolvers,
  ShippingOptionSetInput,
  ShippingZoneInput,
} from '../generated/schema.ts';

export const shippingQueries: Pick<QueryResolvers, 'shippingOptions' | 'shippingOption'> = {
  shippingOptions: (_, _args, { db }) => findShippingOptions(db.orm),
  shippingOption: (_, { code }, { db }) => (code.includes('\0') ? null : findShippingOption(db.orm, code)),
};

export const shippingMutations: Pick<MutationResolvers, 'shippingOptionSet' | 'shippingOptionRemove'> = {
  shippingOptionSet: (_, { input }, { db }) => setShippingOption(db, toOption(input), input.expectedVersion ?? null),
  shippingOptionRemove: (_, { input: { code, expectedVersion } }, { db }) =>
    removeShippingOption(db, code, expectedVersion ?? null),
};

export const ShippingOption: ShippingOptionResolvers = {
  names: ({ names }) => Object.entries(names).map(([locale, name]) => ({ locale, name })),
};

const toOption = ({
  code,
  name,
  names = [],
  position = 0,
  isActive = true,
  channels = [],
  currency,
  taxIncluded,
  taxCategory = STANDARD_CATEGORY,
  zones,
}: ShippingOptionSetInput): ShippingOptionInput => ({
  code,
  name,
  names,
  position,
  isActive,
  channels,
  currency,
  taxIncluded,
  taxCategory,
  zones: zones.map(toZone),
});

const toZone = ({
  countries = [],
  regions = [],
  postalPrefixes = [],
  basis = 'FLAT',
  brackets,
  freeFromMinor,
  maxGrams,
}: ShippingZoneInput): ShippingOptionInput['zones'][number] => ({
  countries,
  regions,
  postalPrefixes,
  basis,
  brackets,
  freeFromMinor: freeFromMinor ?? null,
  maxGrams: maxGrams ?? null,
});
