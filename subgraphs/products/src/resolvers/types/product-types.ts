import { decodeCursor, encodeCursor, pageSize, toConnection } from '@kontor/kit/src/connection.ts';
import { badInput } from '@kontor/kit/src/errors.ts';
import { setProductType } from '../../commands/types/set-product-type.ts';
import type { Context } from '../../context.ts';
import { findProductTypePage } from '../../data/types/product-types.ts';
import { isStorable } from '../../domain/text.ts';
import type { TextByLocale } from '../../domain/types/attribute-definition.ts';
import { labelIn } from '../../domain/types/label.ts';
import type {
  AttributeDefinitionResolvers,
  AttributeOptionResolvers,
  MutationResolvers,
  ProductTypeResolvers,
  QueryResolvers,
} from '../../generated/schema.ts';
import { localesOf } from '../reading/read-locale.ts';

const DEFAULT_PAGE = 24;
const MAX_PAGE = 100;

export const productTypeQueries: Pick<QueryResolvers, 'productTypes' | 'productTypeByName'> = {
  productTypes: async (_, { first, after }, { db }) => {
    const size = pageSize(first, DEFAULT_PAGE, MAX_PAGE);
    const behind = after == null ? null : readNameCursor(after);
    const rows = await findProductTypePage(db.sql, behind, size + 1);
    return toConnection(rows, size, ({ name }) => encodeCursor([name]), behind !== null);
  },
  productTypeByName: (_, { name }, { loaders }) => loaders.productType.load(name),
};

export const productTypeMutations: Pick<MutationResolvers, 'productTypeSet'> = {
  productTypeSet: (_, { input: { expectedVersion, ...type } }, { db }) =>
    setProductType(db, type, expectedVersion ?? null),
};

export const ProductType: ProductTypeResolvers = {
  label: ({ labels, name }, { locale }, ctx) => labelOf(ctx, { labels, code: name }, locale),
  labels: ({ labels }) => listLabels(labels),
  attributes: ({ attributes }, { includeRetired }) =>
    includeRetired ? [...attributes] : attributes.filter(({ isRetired }) => !isRetired),
};

export const AttributeDefinition: AttributeDefinitionResolvers = {
  label: (definition, { locale }, ctx) => labelOf(ctx, definition, locale),
  labels: ({ labels }) => listLabels(labels),
};

export const AttributeOption: AttributeOptionResolvers = {
  label: (option, { locale }, ctx) => labelOf(ctx, option, locale),
  labels: ({ labels }) => listLabels(labels),
};

async function labelOf(
  ctx: Context,
  { labels, code }: { readonly labels: TextByLocale; readonly code: string },
  locale: string | null | undefined,
): Promise<string> {
  return labelIn(labels, await localesOf(ctx, locale), code);
}

const listLabels = (labels: TextByLocale) => Object.entries(labels).map(([locale, text]) => ({ locale, text }));

function readNameCursor(cursor: string): string {
  const [name] = decodeCursor(cursor, 1);
  if (typeof name !== 'string' || !isStorable(name))
    throw badInput('This cursor is not one that this list gave out. Begin without a cursor.', ['after']);
  return name;
}
