/** How to name things of products. */
import { command, question, type Registry } from './idor-probe.ts';
import type { Ids } from './idor-world.ts';

const CHANNEL = {
  ...{ code: 'mobile', name: 'Mobile', currencies: ['EUR'], countries: ['DE'], locales: ['en'] },
};
const UPSERTED = {
  ...{ handle: 'idor-upserted', title: 'Upserted', descriptionHtml: '', tags: [], published: true, optionNames: [] },
  ...{ variants: [{ optionValues: [] }], media: [] },
};
const idOf = (name: string) => (ids: Ids) => ids[name]!;

export const CATALOGUE: Registry = {
  'Query.product': [
    question('guest', idOf('product'), (ids) => ({ id: ids['product'] })),
    // What is kept for editors: what it was, what it shall be, and what it is called in another channel.
    ...['Markformer', 'Markdraft', 'Markwholesale'].map((mark) =>
      question('keeper', mark, (ids) => ({ id: ids['product'] })),
    ),
    // Nobody but editors is shown a draft; everybody may ask.
    question('keeper', 'Marksecret', (ids) => ({ id: ids['secretProduct'] })),
  ],
  'Query.products': [
    question('guest', idOf('product'), (ids) => ({ ids: [ids['product']] })),
    question('keeper', 'Marksecret', (ids) => ({ ids: [ids['secretProduct']] })),
  ],
  'Query.productByReference': [
    question('guest', idOf('product'), () => ({ source: 'idor', id: 'shown' })),
    question('keeper', 'Marksecret', () => ({ source: 'idor', id: 'secret' })),
  ],
  'Query.variantByReference': [question('guest', idOf('variant'), () => ({ source: 'idor', id: 'shown' }))],
  'Query.variant': [
    question('guest', idOf('variant'), (ids) => ({ id: ids['variant'] })),
    question('keeper', 'Marksecret', (ids) => ({ id: ids['secretVariant'] })),
  ],
  'Query.variants': [
    question('guest', idOf('variant'), (ids) => ({ ids: [ids['variant']] })),
    question('keeper', 'Marksecret', (ids) => ({ ids: [ids['secretVariant']] })),
  ],
  // What finds by a word, a code or a place finds nothing that is not shown.
  'Query.productByHandle': [question('keeper', 'Marksecret', () => ({ handle: 'marksecret' }))],
  'Query.variantsBySku': [question('keeper', 'Marksecret', () => ({ sku: 'Marksecret-sku' }))],
  'Query.variantsByBarcode': [question('keeper', 'Marksecret', () => ({ barcode: 'Marksecret-barcode' }))],
  'Query.productSearch': [
    question('guest', '"edges":[{', (ids) => ({
      ...{ query: '', first: 2 },
      filters: [{ facet: 'CATEGORY', values: [ids['category']] }],
    })),
    question('keeper', 'Marksecret', () => ({ query: 'Marksecret', first: 2 })),
  ],
  'Query.searchSuggestions': [question('guest', '"searchSuggestions":[]', () => ({ query: 'Marksec' }))],
  'Query.searchSynonyms': [question('staff', 'Marksynonym', () => ({ locale: 'en' }))],
  'Query.productChanges': [question('keeper', 'Marksecret', () => ({ first: 250 }))],
  'Query.productTypeByName': [question('guest', 'Tents', () => ({ name: 'Tents' }))],
  'Query.collectionByHandle': [
    question('guest', idOf('ruleCollection'), () => ({ handle: 'idor-rule' })),
    question('guest', idOf('product'), () => ({ handle: 'idor-spare' })),
    question('keeper', 'Marktagrule', () => ({ handle: 'idor-rule' })),
  ],
  'Query.category': [question('guest', idOf('category'), (ids) => ({ id: ids['category'] }))],
  'Query.categories': [question('guest', idOf('innerCategory'), (ids) => ({ parentId: ids['category'] }))],
  'Query.taxonomy': [question('guest', idOf('category'), () => ({ code: 'idor-market' }))],
  'Subscription.productChanged': [
    question('guest', idOf('product'), (ids) => ({ ids: [ids['product']] })),
    question('keeper', 'Marksecret', (ids) => ({ ids: [ids['secretProduct']] })),
  ],

  'Mutation.productCreate': [
    command('staff', 'ProductCreated', (ids) => ({
      ...{ handle: 'idor-created', title: 'Created', categoryIds: [ids['category']] },
      relations: [{ kind: 'CROSS_SELL', productIds: [ids['product']] }],
    })),
  ],
  'Mutation.productsUpsert': [
    {
      args: (ids) => ({
        input: { publishIn: ['web'], products: [{ ...UPSERTED, categoryIds: [ids['category']] }] },
      }),
      proof: { by: 'staff', shows: '"outcome":"CREATED"' },
    },
  ],
  'Mutation.productDraftPublish': [command('staff', 'ProductUpdated', (ids) => ({ productId: ids['product'] }))],
  'Mutation.productDraftSet': [
    command('staff', 'ProductDraftSaved', (ids) => ({ change: { productId: ids['product'], title: 'A draft' } })),
  ],
  'Mutation.productDraftDiscard': [command('staff', 'ProductDraftDiscarded', (ids) => ({ productId: ids['product'] }))],
  'Mutation.productUpdate': [
    command('staff', 'ProductUpdated', (ids) => ({ productId: ids['product'], title: 'Another title' })),
  ],
  'Mutation.productRestore': [
    command('staff', 'ProductRestored', (ids) => ({ productId: ids['product'], version: 1 })),
    command('staff', 'ProductRestored', (ids) => ({ productId: ids['secretProduct'], version: 1 })),
  ],
  'Mutation.variantComponentsSet': [
    command('staff', 'VariantComponentsSaved', (ids) => ({ variantId: ids['variant'], components: [] })),
  ],
  'Mutation.productPublicationSet': [
    command('staff', 'ProductPublicationChanged', (ids) => ({
      ...{ channel: 'marketplace', productIds: [ids['product']], published: false },
    })),
  ],
  'Mutation.productTypeSet': [
    command('staff', 'ProductTypeSaved', () => ({
      ...{ name: 'Idor things', attributes: [{ code: 'colour', kind: 'TEXT' }] },
    })),
  ],
  'Mutation.categorySet': [
    command('staff', 'CategorySaved', (ids) => ({ id: ids['category'], name: 'Renamed', parentId: null })),
    command('staff', 'CategorySaved', (ids) => ({
      ...{ handle: 'idor-below', name: 'Below', parentId: ids['category'] },
    })),
  ],
  'Mutation.categoryMove': [
    command('staff', 'CategorySaved', (ids) => ({ id: ids['innerCategory'], parentId: ids['otherCategory'] })),
  ],
  'Mutation.categoryRemove': [command('staff', 'CategoryRemoved', (ids) => ({ id: ids['spareCategory'] }))],
  'Mutation.taxonomySet': [command('staff', 'TaxonomySaved', () => ({ code: 'idor-market', name: 'Another market' }))],
  'Mutation.categoryMappingsSet': [
    command('staff', 'MappingsSaved', (ids) => ({
      taxonomy: 'idor-market',
      mappings: [{ categoryId: ids['otherCategory'], targetId: '43' }],
    })),
  ],
  'Mutation.collectionSet': [
    command('staff', 'CollectionSaved', (ids) => ({ id: ids['spareCollection'], productIds: [ids['product']] })),
    command('staff', 'CollectionSaved', (ids) => ({
      ...{ handle: 'idor-ruled', title: 'Ruled' },
      rule: { match: 'ALL', conditions: [{ field: 'CATEGORY', relation: 'IS', values: [ids['category']] }] },
    })),
  ],
  'Mutation.collectionRemove': [command('staff', 'CollectionRemoved', (ids) => ({ id: ids['spareCollection'] }))],
  'Mutation.searchSynonymsSet': [
    command('staff', 'SearchSynonymsSaved', (ids) => ({
      ...{ synonymSetId: ids['synonyms'], locale: 'en', words: ['Marksynonym', 'another'] },
    })),
  ],
  'Mutation.searchSynonymsRemove': [
    command('staff', 'SearchSynonymsRemoved', (ids) => ({ synonymSetId: ids['spareSynonyms'] })),
  ],
  'Mutation.channelSet': [command('staff', 'ChannelSaved', (ids) => ({ ...CHANNEL, locationIds: [ids['store']] }))],
};
