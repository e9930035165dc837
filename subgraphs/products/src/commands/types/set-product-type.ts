import { staleSearch } from '../../data/search/refresh.ts';
import { inTransaction, type Database, type Tx } from '@kontor/kit/src/database.ts';
import { invalidInput, versionConflict } from '@kontor/kit/src/errors.ts';
import { appendEvents } from '@kontor/kit/src/events/outbox.ts';
import {
  countOptionUse,
  countProductTypes,
  lockProductType,
  MAX_PRODUCT_TYPES,
  writeProductType,
  type ProductTypeRow,
} from '../../data/types/product-types.ts';
import {
  acceptProductType,
  brokenName,
  type ProductTypeInput,
  type RemovedOptions,
} from '../../domain/types/accept-product-type.ts';
import { isSameJson } from '../../domain/types/same-json.ts';

/**
 * Makes a product type or replaces its attributes. One that is so already keeps its version and emits nothing. Products of the type are
 * not touched: each is held to the new rules when it is next written.
 * @param expectedVersion the version that the caller has seen; null to make it or to overwrite. A type that is not there is at version 0.
 */
export async function setProductType(db: Database, input: ProductTypeInput, expectedVersion: number | null) {
  const ill = brokenName(input.name);
  if (ill) return refused(ill);
  return inTransaction(db, async (tx) => {
    const before = await lockProductType(tx, input.name);
    if (expectedVersion !== null && expectedVersion !== (before?.version ?? 0))
      return versionConflict('The product type', before?.version ?? 0);
    const accepted = acceptProductType(input, before);
    if ('broken' in accepted) return refused(accepted.broken);
    const inUse = await firstInUse(tx, input.name, accepted.removed);
    if (inUse) return inUse;
    if (!before && (await countProductTypes(tx)) >= MAX_PRODUCT_TYPES)
      return refused({ code: 'TOO_MANY', message: `There are ${MAX_PRODUCT_TYPES} product types.`, path: ['name'] });
    const saved = (productType: ProductTypeRow) => ({ __typename: 'ProductTypeSaved' as const, productType });
    if (before && isSameJson([before.labels, before.attributes], [accepted.type.labels, accepted.type.attributes]))
      return saved(before);
    const after = { ...accepted.type, version: (before?.version ?? 0) + 1 };
    await writeProductType(tx, after);
    // What products of the type are found by and counted under follows from its definitions.
    await staleSearch(tx, { productType: after.name });
    await appendEvents(tx, 'products', [
      {
        topic: 'products.product-type.changed',
        key: after.name,
        payload: { name: after.name, revision: after.version, cacheTags: [productTypeTag(after.name)] },
      },
    ]);
    return saved(after);
  });
}

/** The cache tag of what shows attributes of a type. Names are free texts, and lists of tags are separated by blanks or commas. */
const productTypeTag = (name: string): string => `product-type:${encodeURIComponent(name)}`;

const refused = ({
  code,
  message,
  path,
}: {
  readonly code: string;
  readonly message: string;
  readonly path: readonly string[];
}) => invalidInput(code, message, ['input', ...path]);

/** The first option that would be taken from products that have it. */
async function firstInUse(tx: Tx, typeName: string, removed: readonly RemovedOptions[]) {
  for (const { definition, codes, index } of removed) {
    const count = await countOptionUse(tx, typeName, definition, codes);
    if (count > 0)
      return refused({
        code: 'OPTION_IN_USE',
        message: `${count} products have one of the options of "${definition.code}" that are left out: ${codes.slice(0, 5).join(', ')}.`,
        path: ['attributes', String(index), 'options'],
      });
  }
  return null;
}
