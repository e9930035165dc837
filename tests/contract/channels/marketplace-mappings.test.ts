import { badInput } from '@kontor/kit/src/errors.ts';
import { ask, post } from '@kontor/testkit/src/graph-client.ts';
import { afterEach, describe, expect, it } from 'vitest';
import { createApp } from '../../../bffs/marketplace/src/app.ts';
import { product, products, startChannel, variant, type Channel, type Credential } from './channel.ts';

const KEYS: Record<string, Credential> = {
  reader: { role: 'integration', channel: null, scopes: [] },
  editor: { role: 'integration', channel: null, scopes: ['catalogue:write'] },
};
let market: Channel;
afterEach(() => market.stop());
const start = async (root: Record<string, unknown>) =>
  (market = await startChannel('marketplace', createApp, root, KEYS));

const pageInfo = { hasNextPage: true, hasPreviousPage: false, startCursor: 'a', endCursor: 'b' };
const PAGE = 'pageInfo { hasNextPage endCursor }';
const shownPage = { hasNextPage: true, endCursor: 'b' };
const pageOf = (...nodes: unknown[]) => ({ edges: nodes.map((node) => ({ cursor: 'c', node })), pageInfo });
const category = (id: string, changes: object = {}) => ({
  id,
  handle: id,
  name: ({ locale }: { locale?: string }) => `${id} in ${locale ?? 'our language'}`,
  ...changes,
});
const target = { targetId: '1013', targetPath: 'Camping', isInherited: false };
const mapping = { ...target, revision: 2, changedAt: '2026-01-31T12:00:00.000Z' };
const TARGET = 'target { targetId targetPath isInherited }';
const google = (changes: object = {}) => ({ code: 'google', name: 'Google', revision: 3, ...changes });

describe('the feed', () => {
  const feedFields = {
    mpn: 'L-1',
    condition: 'new',
    googleProductCategory: '1013',
    gender: 'unisex',
    ageGroup: 'adult',
  };

  it('names what feeds need, and the category of a taxonomy, where they are read', async () => {
    const asked: unknown[] = [];
    const asking = ({ taxonomy }: { taxonomy: string }) => (asked.push(taxonomy), mapping);
    const variants = [variant('v1', { feedFields }), variant('v2', { feedFields: null })];
    await start({ productListing: products(product({ variants, category: category('tents', { mapping: asking }) })) });
    const FIELDS = 'mpn condition googleProductCategory gender ageGroup';
    const TAXONOMY = 'taxonomyCategory { targetId targetPath isInherited }';
    const query = `query ($taxonomy: ID) { feed(taxonomy: $taxonomy, locale: "de") { items { id ${FIELDS} ${TAXONOMY} } } }`;
    const { feed } = await ask<{ feed: { items: object[] } }>(market.url, query, { taxonomy: 'google' }, 'reader');
    const nothing = { mpn: null, condition: null, googleProductCategory: null, gender: null, ageGroup: null };
    expect(feed.items).toEqual([
      { id: 'v1', ...feedFields, taxonomyCategory: target },
      { id: 'v2', ...nothing, taxonomyCategory: target },
    ]);
    const without = await ask<{ feed: { items: object[] } }>(market.url, query, {}, 'reader');
    expect(without.feed.items[0]).toMatchObject({ taxonomyCategory: null });
    await ask(market.url, '{ feed(taxonomy: "google") { items { id } } }', {}, 'reader');
    expect(asked).toEqual(['google']);
    expect(market.router.calls.map(({ request }) => request.variables)).toEqual([
      { first: 100, locale: 'de', taxonomy: 'google', taxonomyCategories: true, feedFields: true },
      { first: 100, locale: 'de', taxonomy: '', taxonomyCategories: false, feedFields: true },
      { first: 100, taxonomy: 'google', taxonomyCategories: false, feedFields: false },
    ]);
  });
});

describe('mappings', () => {
  it('show the taxonomies', async () => {
    await start({ taxonomies: [google()] });
    expect(await ask(market.url, '{ taxonomies { code name revision } }', {}, 'reader')).toEqual({
      taxonomies: [google()],
    });
  });

  it('are told as they are, or were at a revision; none for a taxonomy that there is not', async () => {
    const asked: unknown[] = [];
    const mappings = (args: unknown) => (asked.push(args), pageOf({ ...mapping, category: category('tents') }));
    await start({ taxonomy: ({ code }: { code: string }) => (code === 'google' ? google({ mappings }) : null) });
    const query = `query ($code: ID!) { mappings(taxonomy: $code, revision: 2, locale: "de", first: 1, after: "x") {
      taxonomy { code revision } mappings { category { id name } ${TARGET} } ${PAGE} } }`;
    expect(await ask(market.url, query, { code: 'google' }, 'reader')).toEqual({
      mappings: {
        taxonomy: { code: 'google', revision: 3 },
        mappings: [{ category: { id: 'tents', name: 'tents in de' }, target }],
        pageInfo: shownPage,
      },
    });
    expect(asked).toEqual([{ revision: 2, first: 1, after: 'x' }]);
    expect(await ask(market.url, query, { code: 'nowhere' }, 'reader')).toEqual({ mappings: null });
  });

  const TREE = `query ($code: ID!) { mappedCategories(taxonomy: $code, parentId: "root", revision: 2) {
    taxonomy { revision } categories { category { id } ${TARGET} } ${PAGE} } }`;
  const tree = (mapped: unknown) => ({
    taxonomy: ({ code }: { code: string }) => (code === 'google' ? google() : null),
    categories: pageOf(category('tents', { mapping: mapped }), category('bags', { mapping: null })),
  });

  it('are told along the tree, with those that are inherited and those that are missing', async () => {
    await start(tree({ ...mapping, isInherited: true }));
    expect(await ask(market.url, TREE, { code: 'google' }, 'reader')).toEqual({
      mappedCategories: {
        taxonomy: { revision: 3 },
        categories: [
          { category: { id: 'tents' }, target: { ...target, isInherited: true } },
          { category: { id: 'bags' }, target: null },
        ],
        pageInfo: shownPage,
      },
    });
    expect(await ask(market.url, TREE, { code: 'nowhere' }, 'reader')).toEqual({ mappedCategories: null });
    expect(market.router.calls).toHaveLength(2);
  });

  it('do not pass for missing when they could not be read', async () => {
    await start(
      tree(() => {
        throw badInput('There is no such revision.', ['revision']);
      }),
    );
    const { body } = await post(market.url, TREE, { code: 'google' }, 'reader');
    expect(body.data).toEqual({ mappedCategories: null });
    expect(body.errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  });

  const UNMAPPED = `{ unmappedCategories(taxonomy: "google", first: 1) { categories { id name } ${PAGE} } }`;
  const SET = `mutation ($input: MappingsSetInput!) { mappingsSet(input: $input) { __typename ... on MappingsSaved { changedCount taxonomy { revision } }
    ... on UserError { code message path } ... on VersionConflict { currentVersion } } }`;
  const input = {
    taxonomy: 'google',
    mappings: [{ categoryId: 'bags', targetId: '110', targetPath: 'Bags' }],
    expectedRevision: 3,
  };

  it('that are missing are listed for who may edit the catalogue', async () => {
    await start({ taxonomy: google({ unmapped: pageOf(category('bags')) }) });
    expect(await ask(market.url, UNMAPPED, {}, 'editor')).toEqual({
      unmappedCategories: { categories: [{ id: 'bags', name: 'bags in our language' }], pageInfo: shownPage },
    });
  });

  it.each([
    [
      'saved',
      { __typename: 'MappingsSaved', changedCount: 1, taxonomy: google({ revision: 4 }) },
      { __typename: 'MappingsSaved', changedCount: 1, taxonomy: { revision: 4 } },
    ],
    ...[
      {
        __typename: 'VersionConflict',
        code: 'VERSION_CONFLICT',
        message: 'Changed.',
        path: ['input'],
        currentVersion: 5,
      },
      { __typename: 'NotFound', code: 'NOT_FOUND', message: 'No such category.', path: ['input', 'mappings', '0'] },
      { __typename: 'InvalidInput', code: 'INVALID_MAPPING', message: 'Too long.', path: ['input'] },
    ].map((refusal) => [`refused with ${refusal.__typename}`, refusal, refusal] as const),
  ] as const)('are %s as the catalogue has it', async (_what, outcome, shown) => {
    const asked: unknown[] = [];
    await start({ categoryMappingsSet: (args: unknown) => (asked.push(args), outcome) });
    expect(await ask(market.url, SET, { input }, 'editor')).toEqual({ mappingsSet: shown });
    expect(asked).toEqual([{ input }]);
  });

  it('are neither set nor searched for gaps by who may not edit the catalogue, and the router is not asked', async () => {
    await start({});
    for (const [query, variables] of [
      [UNMAPPED, {}],
      [SET, { input }],
    ] as const) {
      const { body } = await post(market.url, query, variables, 'reader');
      expect(body.errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
    }
    expect(market.router.calls).toEqual([]);
  });
});
