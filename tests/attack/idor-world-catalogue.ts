/** What only those who edit the catalogue see of it, made through the commands that they have. */
import type { Call } from '@kontor/kit/src/graph/graph.ts';
import type { Asking, Json } from './idor-system.ts';

/** Texts that stand in what only those see who may edit the catalogue, and nowhere else. */
export const EDITORS_MARKS = [
  ...['Markformer', 'Markdraft', 'Markwholesale', 'Marksecret', 'marksecret', 'Marksynonym', 'Marktagrule'],
];

/** No product has the tag. */
const RULE = { match: 'ANY', conditions: [{ field: 'TAG', relation: 'IS', values: ['Marktagrule'] }] };

/**
 * Makes categories, a taxonomy, synonyms and collections, and gives the product of `ids` everything that is not for shoppers: a revision, a
 * draft, texts of another channel and a product that nobody shows beside it.
 * @param ids names the `product`; what is made is added to it.
 * @param editor has every scope.
 */
export async function makeCatalogue({ done }: Asking, ids: Record<string, string>, editor: Call): Promise<void> {
  /** One command. @returns what it selects of the type that it has to answer. @throws Error for any other. */
  const command = async (name: string, input: object, type: string, selection = '__typename'): Promise<Json> => {
    const inputType = `${name[0]!.toUpperCase()}${name.slice(1)}Input`;
    const query = `mutation ($input: ${inputType}!) { ${name}(input: $input) {
      __typename ... on ${type} { ${selection} } ... on UserError { code message } } }`;
    const answer = (await done('products', query, { input }, editor))[name];
    if (answer.__typename !== type) throw new Error(`${name}: ${JSON.stringify(answer)}`);
    return answer;
  };

  const category = async (handle: string, parentId: string | null = null): Promise<string> => {
    const input = { handle, name: handle, parentId };
    return (await command('categorySet', input, 'CategorySaved', 'category { id }')).category.id;
  };
  ids['category'] = await category('idor-root');
  ids['innerCategory'] = await category('idor-inner', ids['category']);
  ids['otherCategory'] = await category('idor-other');
  ids['spareCategory'] = await category('idor-spare');
  await command('taxonomySet', { code: 'idor-market', name: 'A market' }, 'TaxonomySaved');
  const mappings = [{ categoryId: ids['category'], targetId: '42', targetPath: 'Things' }];
  await command('categoryMappingsSet', { taxonomy: 'idor-market', mappings }, 'MappingsSaved');

  const synonyms = async (...words: string[]): Promise<string> => {
    const input = { locale: 'en', words };
    return (await command('searchSynonymsSet', input, 'SearchSynonymsSaved', 'synonyms { id }')).synonyms.id;
  };
  ids['synonyms'] = await synonyms('Marksynonym', 'sameword');
  ids['spareSynonyms'] = await synonyms('Marksynonym spare', 'otherword');

  // Nobody is shown what is a draft, by whatever leads to it.
  const secret = {
    ...{ handle: 'marksecret', title: 'Marksecret', productType: 'Secrets' },
    ...{ categoryIds: [ids['innerCategory']], externalReferences: [{ source: 'idor', id: 'secret' }] },
    variants: [{ sku: 'Marksecret-sku', barcode: 'Marksecret-barcode' }],
  };
  const selection = 'product { id variants { id } }';
  const { product } = await command('productCreate', secret, 'ProductCreated', selection);
  ids['secretProduct'] = product.id;
  ids['secretVariant'] = product.variants[0].id;

  const productId = ids['product']!;
  const before = await done('products', 'query ($id: ID!) { product(id: $id) { title } }', { id: productId }, editor);
  await command('productUpdate', { productId, title: 'Markformer' }, 'ProductUpdated');
  const change = {
    ...{ productId, title: before.product.title, categoryIds: [ids['innerCategory']] },
    ...{ externalReferences: [{ source: 'idor', id: 'shown' }] },
    texts: [{ channel: 'b2b', locale: 'de', title: 'Markwholesale' }],
    relations: [{ kind: 'ACCESSORY', productIds: [ids['secretProduct']] }],
  };
  await command('productUpdate', change, 'ProductUpdated');
  const reference = {
    variants: [{ variantId: ids['variant'], externalReferences: [{ source: 'idor', id: 'shown' }] }],
  };
  await command('productUpdate', { productId, ...reference }, 'ProductUpdated');
  await command('productDraftSet', { change: { productId, seoTitle: 'Markdraft' } }, 'ProductDraftSaved');

  const collection = async (handle: string, more: object): Promise<string> => {
    const input = { handle, title: handle, ...more };
    return (await command('collectionSet', input, 'CollectionSaved', 'collection { id }')).collection.id;
  };
  ids['ruleCollection'] = await collection('idor-rule', { rule: RULE });
  ids['spareCollection'] = await collection('idor-spare', { productIds: [ids['secretProduct'], productId] });
}
