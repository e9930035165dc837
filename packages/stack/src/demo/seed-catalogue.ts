import { CATEGORIES } from './catalogue/categories.ts';
import { COLLECTIONS, RULED_COLLECTION } from './catalogue/collections.ts';
import { DRAFT, nextSeason, SCHEDULED } from './catalogue/planned.ts';
import { productBatches, toProductInput, type ProductBatch } from './catalogue/product-batches.ts';
import { PRODUCT_TYPES } from './catalogue/product-types.ts';
import { SYNONYMS } from './catalogue/synonyms.ts';
import * as documents from './documents.ts';
import { expectOutcome, known, nth, type Ids, type Outcome, type Send } from './send.ts';

const BATCHES = productBatches();
const ALL_COLLECTIONS = [...COLLECTIONS, { ...RULED_COLLECTION, productHandles: [] }];

/** How many commands both parts of the catalogue take: categories, collections, what is planned and the synonyms that there are besides. */
export const CATALOGUE_COMMANDS = 5 + PRODUCT_TYPES.length + BATCHES.length + ALL_COLLECTIONS.length + SYNONYMS.length;

/** What the catalogue's things are known by. */
interface CatalogueIds {
  /** By handle. */
  readonly productIds: Ids;
  /** By SKU. */
  readonly variantIds: Ids;
}

/** The product types, the categories and all products in them. @throws Error naming a product or category that was rejected */
export async function seedCatalogue(send: Send): Promise<CatalogueIds> {
  await seedProductTypes(send);
  return seedProducts(send, await seedCategories(send));
}

/** What merchandisers do with products: collections, synonyms, and what is planned. */
export async function seedMerchandising(send: Send, { productIds }: CatalogueIds): Promise<void> {
  await seedCollections(send);
  await seedSynonyms(send);
  await seedPlans(send, productIds);
}

async function seedProductTypes(send: Send): Promise<void> {
  for (const input of PRODUCT_TYPES) {
    const { productTypeSet } = await send<{ productTypeSet: Outcome }>('product types', documents.PRODUCT_TYPE_SET, {
      input,
    });
    expectOutcome(productTypeSet, 'ProductTypeSaved');
  }
}

interface CategoriesUpserted {
  readonly categoriesUpsert: {
    readonly results: readonly { externalReference: string; categoryId: string | null; reason: string | null }[];
  };
}

async function seedCategories(send: Send): Promise<Ids> {
  const categories = CATEGORIES.map(({ handle, name, german, parentHandle, position }) => ({
    externalReference: handle,
    handle,
    name,
    names: [{ locale: 'de', text: german }],
    parentExternalReference: parentHandle,
    position,
  }));
  const { categoriesUpsert } = await send<CategoriesUpserted>('categories', documents.CATEGORIES_UPSERT, {
    input: { categories },
  });
  return new Map(
    categoriesUpsert.results.map(({ externalReference, categoryId, reason }) => {
      if (categoryId === null) throw new Error(`The demo's category "${externalReference}" was rejected: ${reason}`);
      return [externalReference, categoryId];
    }),
  );
}

interface ProductResult {
  readonly handle: string;
  readonly outcome: string;
  readonly productId: string | null;
  readonly variantIds: readonly string[];
  readonly reason: string | null;
}

async function seedProducts(send: Send, categoryIds: Ids): Promise<CatalogueIds> {
  const ids = { productIds: new Map<string, string>(), variantIds: new Map<string, string>() };
  for (const batch of BATCHES) {
    const products = batch.products.map((product) => toProductInput(product, categoryIds));
    const { productsUpsert } = await send<{ productsUpsert: { results: readonly ProductResult[] } }>(
      'products',
      documents.PRODUCTS_UPSERT,
      { input: { publishIn: batch.channels, products } },
    );
    for (const [index, result] of productsUpsert.results.entries()) collectIds(batch, index, result, ids);
  }
  return ids;
}

function collectIds(
  { products }: ProductBatch,
  index: number,
  { handle, productId, variantIds, reason }: ProductResult,
  ids: { readonly productIds: Map<string, string>; readonly variantIds: Map<string, string> },
): void {
  if (productId === null) throw new Error(`The demo's product "${handle}" was rejected: ${reason}`);
  ids.productIds.set(handle, productId);
  for (const [place, { sku }] of products[index]?.variants.entries() ?? [])
    ids.variantIds.set(sku, nth(variantIds, place));
}

async function seedCollections(send: Send): Promise<void> {
  const collections = ALL_COLLECTIONS.map(({ handle, title, descriptionHtml, productHandles }) => ({
    handle,
    title,
    descriptionHtml,
    productHandles,
  }));
  const { collectionsUpsert } = await send<{ collectionsUpsert: { collectionIds: string[] } }>(
    'collections',
    documents.COLLECTIONS_UPSERT,
    { input: { collections } },
  );
  for (const [index, { handle, german }] of ALL_COLLECTIONS.entries()) {
    const input = {
      id: nth(collectionsUpsert.collectionIds, index),
      translations: [{ locale: 'de', ...german }],
      ...(handle === RULED_COLLECTION.handle ? { rule: RULED_COLLECTION.rule } : {}),
    };
    const { collectionSet } = await send<{ collectionSet: Outcome }>('collections', documents.COLLECTION_SET, {
      input,
    });
    expectOutcome(collectionSet, 'CollectionSaved');
  }
}

interface SynonymsAsTheyAre {
  readonly searchSynonyms: {
    readonly edges: readonly { readonly node: { id: string; locale: string; words: readonly string[] } }[];
  };
}

async function seedSynonyms(send: Send): Promise<void> {
  const { searchSynonyms } = await send<SynonymsAsTheyAre>('synonyms', documents.SYNONYMS, {});
  for (const { locale, words } of SYNONYMS) {
    const there = searchSynonyms.edges.find(({ node }) => node.locale === locale && node.words[0] === words[0])?.node;
    // A set that is there already stays as it is: nothing has been at version 0.
    const input = { synonymSetId: there?.id ?? null, locale, words, expectedVersion: there ? 0 : null };
    const { searchSynonymsSet } = await send<{ searchSynonymsSet: Outcome }>('synonyms', documents.SYNONYMS_SET, {
      input,
    });
    expectOutcome(searchSynonymsSet, 'SearchSynonymsSaved', 'VersionConflict');
  }
}

/** What is to come: a publication with a date, and a change that is not made yet. */
async function seedPlans(send: Send, productIds: Ids): Promise<void> {
  const { productPublicationSet } = await send<{ productPublicationSet: Outcome }>(
    'publications',
    documents.PUBLICATION_SET,
    {
      input: {
        channel: SCHEDULED.channel,
        productIds: [known(productIds, SCHEDULED.handle)],
        published: true,
        startsAt: nextSeason(new Date()),
      },
    },
  );
  expectOutcome(productPublicationSet, 'ProductPublicationChanged');
  const change = { productId: known(productIds, DRAFT.handle), ...DRAFT.change };
  const { productDraftSet } = await send<{ productDraftSet: Outcome }>('drafts', documents.DRAFT_SET, {
    input: { change, expectedDraftVersion: 0 },
  });
  expectOutcome(productDraftSet, 'ProductDraftSaved', 'VersionConflict');
}
