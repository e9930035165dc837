import { encodeCursor } from '@kontor/kit/src/connection.ts';
import type { Database } from '@kontor/kit/src/database.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { asGuest, asService, asStaff, createTestIdentities } from '@kontor/testkit/src/callers.ts';
import { createTestDatabase, type TestDatabase } from '@kontor/testkit/src/database.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { upsertProducts } from '../../commands/upsert-products.ts';
import { product, startProducts } from '../../fixture.ts';
import { plainChannels, plainProduct } from '../../testing/plain-rows.ts';

let test: TestDatabase;
let db: Database;
let graph: Awaited<ReturnType<typeof startProducts>>;
const statements: string[] = [];
const EDITOR = asStaff(['catalogue:write']);

beforeAll(async () => {
  test = await createTestDatabase(['products']);
  db = test.open('products', { onQuery: (query) => statements.push(query) });
  const { products: identity } = await createTestIdentities(['products']);
  graph = await startProducts(db, identity);
  await plainChannels(db, 'web', 'pos');
});
afterAll(() => test.drop());

const SAVED = '... on CategorySaved { category { id version } } ... on UserError { code message path }';
async function make(handle: string, parentId: string | null = null, more: object = {}): Promise<string> {
  const { categorySet } = await graph.ask(
    `mutation C($input: CategorySetInput!) { categorySet(input: $input) { ${SAVED} } }`,
    EDITOR,
    { input: { handle, name: `Name of ${handle}`, parentId, ...more } },
  );
  return categorySet.category.id as string;
}

describe('categories in the graph', () => {
  it('answer by id and handle with what is above and below them', async () => {
    const root = await make('tree-root');
    const middle = await make('tree-middle', root, { externalReference: 'm-1', position: 5 });
    const second = await make('tree-second', middle, { position: 2 });
    const first = await make('tree-first', middle, { position: 1 });
    const { category, byHandle, nobody, odd } = await graph.ask(
      `query C($id: ID!, $nobody: ID!) {
        category(id: $id) { handle position externalReference version parent { id } ancestors { id } children { id ancestors { handle } } }
        byHandle: categoryByHandle(handle: "tree-first") { id parent { handle } ancestors { handle } children { id } names { locale text } }
        nobody: category(id: $nobody) { id } odd: category(id: "x'; drop") { id } }`,
      asGuest(),
      { id: middle.toUpperCase(), nobody: newId() },
    );
    expect(category).toEqual({
      handle: 'tree-middle',
      position: 5,
      externalReference: 'm-1',
      version: 1,
      parent: { id: root },
      ancestors: [{ id: root }],
      children: [first, second].map((id) => ({ id, ancestors: [{ handle: 'tree-root' }, { handle: 'tree-middle' }] })),
    });
    expect(byHandle).toEqual({
      id: first,
      parent: { handle: 'tree-middle' },
      ancestors: [{ handle: 'tree-root' }, { handle: 'tree-middle' }],
      children: [],
      names: [],
    });
    expect([nobody, odd]).toEqual([null, null]);
  });

  it('are listed below one another page by page, whatever is added in between', async () => {
    const root = await make('page-root');
    const made = [];
    for (let index = 0; index < 5; index += 1) made.push(await make(`page-${index}`, root));
    const page = async (after: string | null, parentId: string | null = root) =>
      (
        await graph.ask(
          'query P($parentId: ID, $after: Cursor) { categories(parentId: $parentId, first: 2, after: $after) { edges { node { id } } pageInfo { hasNextPage hasPreviousPage endCursor } } }',
          asGuest(),
          { parentId, after },
        )
      ).categories;
    const first = await page(null);
    await make('page-before', root, { position: 0 });
    const second = await page(first.pageInfo.endCursor);
    const third = await page(second.pageInfo.endCursor);
    const ids = [first, second, third].flatMap(({ edges }) =>
      edges.map((edge: { node: { id: string } }) => edge.node.id),
    );
    expect(ids).toEqual(made);
    expect(third.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true });
    expect((await page(null, "x'; drop")).edges).toEqual([]);
    const roots = await db.sql`select 1 from products.categories where parent_id is null`;
    const { categories } = await graph.ask(
      '{ categories(first: 250) { edges { node { parent { id } } } } }',
      asGuest(),
    );
    expect(categories.edges).toEqual(roots.map(() => ({ node: { parent: null } })));
    const odd = Buffer.from(JSON.stringify([2 ** 40, root])).toString('base64url');
    await expect(page(odd)).rejects.toThrow('BAD_USER_INPUT');
  });

  it('have the name of the language asked for, else of the channel, else their own', async () => {
    const id = await make('named', null, {
      names: [
        { locale: 'de', text: 'Schuhe' },
        { locale: 'fr-CH', text: 'Souliers' },
      ],
    });
    const { category } = await graph.ask(
      `query N($id: ID!) { category(id: $id) { name de: name(locale: "de-AT") fr: name(locale: "fr") ch: name(locale: "fr-ch") names { locale text } } }`,
      asGuest(),
      { id },
    );
    expect(category).toEqual({
      name: 'Schuhe',
      de: 'Schuhe',
      fr: 'Name of named',
      ch: 'Souliers',
      names: [
        { locale: 'de', text: 'Schuhe' },
        { locale: 'fr-CH', text: 'Souliers' },
      ],
    });
    await expect(
      graph.ask('{ categoryByHandle(handle: "named") { name(locale: "no tag") } }', asGuest()),
    ).rejects.toThrow('BAD_USER_INPUT');
  });

  it('are found by the products in them, main one first, with all ancestors of a page in one statement', async () => {
    const root = await make('of-root');
    const [a, b] = [await make('of-a', root), await make('of-b', root)];
    const ids = [];
    for (let index = 0; index < 10; index += 1)
      ids.push(await plainProduct(db, `of-product-${index}`, { categoryIds: index % 2 === 0 ? [b, a] : [a] }));
    const bare = await plainProduct(db, 'of-product-bare');
    statements.length = 0;
    const { _entities: products } = await graph.ask(
      `query E($of: [_Any!]!) { _entities(representations: $of) { ... on Product { category { handle ancestors { handle } } categories { handle parent { handle } children { id } } } } }`,
      asService('router'),
      { of: [...ids, bare].map((id) => ({ __typename: 'Product', id })) },
    );
    const mainOf = (handle: string) => ({ handle, ancestors: [{ handle: 'of-root' }] });
    const listed = (handle: string) => ({ handle, parent: { handle: 'of-root' }, children: [] });
    expect(products).toEqual([
      ...ids.map((_, index) =>
        index % 2 === 0
          ? { category: mainOf('of-b'), categories: [listed('of-b'), listed('of-a')] }
          : { category: mainOf('of-a'), categories: [listed('of-a')] },
      ),
      { category: null, categories: [] },
    ]);
    // The products; their categories; ancestors, parents and children of all of them.
    expect(statements).toHaveLength(5);
  });

  it('hold the products in them and below them that the channel shows, each once, for a page of categories in one statement', async () => {
    const root = await make('holds-root');
    const [a, b] = [await make('holds-a', root), await make('holds-b', root)];
    await upsertProducts(
      db,
      [
        product('holds-1', { categoryIds: [a] }),
        product('holds-2', { categoryIds: [b, a, root] }),
        product('holds-3', { categoryIds: [b] }),
      ],
      ['web'],
    );
    await upsertProducts(db, [product('holds-hidden', { categoryIds: [a] })], ['pos']);
    const text = `query H($id: ID!) { category(id: $id) {
      products(sort: NEWEST, first: 2) { totalCount edges { node { handle } } pageInfo { hasNextPage } }
      children { handle products(sort: TITLE) { totalCount edges { node { handle category { handle } } } } } } }`;
    statements.length = 0;
    const { category } = await graph.ask(text, asGuest(), { id: root });
    const page = (...handles: string[]) => handles.map((handle) => ({ node: { handle } }));
    expect(category.products).toEqual({
      totalCount: 3,
      edges: page('holds-3', 'holds-2'),
      pageInfo: { hasNextPage: true },
    });
    const filed = (handle: string, main: string) => ({ node: { handle, category: { handle: main } } });
    expect(category.children).toEqual([
      {
        handle: 'holds-a',
        products: { totalCount: 2, edges: [filed('holds-1', 'holds-a'), filed('holds-2', 'holds-b')] },
      },
      {
        handle: 'holds-b',
        products: { totalCount: 2, edges: [filed('holds-2', 'holds-b'), filed('holds-3', 'holds-b')] },
      },
    ]);
    // The category; its products; its children; the products of all of them; what those are filed under.
    expect(statements).toHaveLength(5);
  });

  it('are entities, of which unknown ones are null', async () => {
    const id = await make('entity');
    const { _entities: found } = await graph.ask(
      'query E($of: [_Any!]!) { _entities(representations: $of) { ... on Category { handle } } }',
      asService('router'),
      { of: [id, newId(), 'odd'].map((each) => ({ __typename: 'Category', id: each })) },
    );
    expect(found).toEqual([{ handle: 'entity' }, null, null]);
  });

  it('are moved and removed by those who may edit the catalogue alone', async () => {
    const [a, b] = [await make('edit-a'), await make('edit-b')];
    const move = 'mutation M($input: CategoryMoveInput!) { categoryMove(input: $input) { ' + SAVED + ' } }';
    const remove =
      'mutation R($id: ID!) { categoryRemove(input: { id: $id }) { ... on CategoryRemoved { categoryId } ... on UserError { code } } }';
    for (const [text, variables] of [
      [move, { input: { id: b, parentId: a } }],
      [remove, { id: b }],
      ['mutation { taxonomySet(input: { code: "t-1", name: "T" }) { __typename } }', {}],
    ] as const)
      await expect(graph.ask(text, asGuest(), variables)).rejects.toThrow('FORBIDDEN');
    expect(await graph.ask(move, EDITOR, { input: { id: b, parentId: a, expectedVersion: 1 } })).toEqual({
      categoryMove: { category: { id: b, version: 2 } },
    });
    expect(await graph.ask(remove, EDITOR, { id: a })).toEqual({ categoryRemove: { code: 'CATEGORY_IN_USE' } });
    expect(await graph.ask(remove, EDITOR, { id: b })).toEqual({ categoryRemove: { categoryId: b } });
  });
});

describe('taxonomies in the graph', () => {
  it('show mappings as they are and were, inherited ones by category, and what is unmapped to editors', async () => {
    const root = await make('map-root');
    const leaf = await make('map-leaf', root);
    const bare = await make('map-bare');
    await plainProduct(db, 'map-product', { categoryIds: [leaf, bare] });
    await graph.ask('mutation { taxonomySet(input: { code: "market", name: "Market" }) { __typename } }', EDITOR);
    const set = (input: object) =>
      graph.ask(
        `mutation S($input: CategoryMappingsSetInput!) { categoryMappingsSet(input: $input) {
          ... on MappingsSaved { changedCount taxonomy { revision } } ... on VersionConflict { currentVersion } } }`,
        EDITOR,
        { input: { taxonomy: 'market', ...input } },
      );
    await set({ mappings: [{ categoryId: root, targetId: '10', targetPath: 'All > Things' }], expectedRevision: 0 });
    expect(await set({ mappings: [{ categoryId: leaf, targetId: '11' }], expectedRevision: 0 })).toEqual({
      categoryMappingsSet: { currentVersion: 1 },
    });
    expect(await set({ mappings: [{ categoryId: leaf, targetId: '11' }] })).toEqual({
      categoryMappingsSet: { changedCount: 1, taxonomy: { revision: 2 } },
    });
    const { taxonomy, category } = await graph.ask(
      `query T($leaf: ID!) {
        taxonomy(code: "market") { code name revision
          mappings { edges { node { category { handle } isInherited targetId targetPath revision changedBy } } }
          before: mappings(revision: 1, first: 1) { edges { node { targetId } } pageInfo { hasNextPage } }
          unmapped { edges { node { handle } } } }
        category(id: $leaf) {
          mapping(taxonomy: "market") { targetId isInherited category { id } }
          before: mapping(taxonomy: "market", revision: 1) { targetId targetPath isInherited category { handle } }
          never: mapping(taxonomy: "market", revision: 0) { targetId }
          nowhere: mapping(taxonomy: "nowhere") { targetId } } }`,
      EDITOR,
      { leaf },
    );
    // Products of the tests above stand in categories, too.
    const { edges } = taxonomy.unmapped as { edges: { node: { handle: string } }[] };
    taxonomy.unmapped.edges = edges.filter(({ node }) => node.handle.startsWith('map-'));
    expect(taxonomy).toEqual({
      code: 'market',
      name: 'Market',
      revision: 2,
      mappings: {
        edges: [
          {
            node: {
              category: { handle: 'map-root' },
              isInherited: false,
              targetId: '10',
              targetPath: 'All > Things',
              revision: 1,
              changedBy: 'staff-1',
            },
          },
          {
            node: {
              category: { handle: 'map-leaf' },
              isInherited: false,
              targetId: '11',
              targetPath: null,
              revision: 2,
              changedBy: 'staff-1',
            },
          },
        ],
      },
      before: { edges: [{ node: { targetId: '10' } }], pageInfo: { hasNextPage: false } },
      unmapped: { edges: [{ node: { handle: 'map-bare' } }] },
    });
    expect(category).toEqual({
      mapping: { targetId: '11', isInherited: false, category: { id: leaf } },
      before: { targetId: '10', targetPath: 'All > Things', isInherited: true, category: { handle: 'map-root' } },
      never: null,
      nowhere: null,
    });
    await expect(
      graph.ask('{ taxonomy(code: "market") { unmapped { edges { cursor } } } }', asGuest()),
    ).rejects.toThrow('FORBIDDEN');
    await expect(
      graph.ask('{ taxonomy(code: "market") { mappings(revision: 3) { edges { cursor } } } }', asGuest()),
    ).rejects.toThrow('BAD_USER_INPUT: The mapping into market has the revisions 0 to 2, and no 3.');
    expect(await graph.ask('{ taxonomies { code } taxonomy(code: "nowhere") { code } }', asGuest())).toEqual({
      taxonomies: [{ code: 'market' }],
      taxonomy: null,
    });
  });
});

describe('categoriesUpsert', () => {
  it('is for services, and answers row by row', async () => {
    const text =
      'mutation U($input: CategoriesUpsertInput!) { categoriesUpsert(input: $input) { results { externalReference outcome reason } } }';
    const input = {
      categories: [
        { externalReference: 'up-1', handle: 'up-1', name: 'One', parentExternalReference: 'up-2' },
        { externalReference: 'up-2', handle: 'up-2', name: 'Two' },
        { externalReference: 'up-3', handle: 'up 3', name: 'Three' },
      ],
    };
    expect(await graph.askInternal(text, asService('operator'), { input })).toEqual({
      categoriesUpsert: {
        results: [
          { externalReference: 'up-1', outcome: 'CREATED', reason: null },
          { externalReference: 'up-2', outcome: 'CREATED', reason: null },
          { externalReference: 'up-3', outcome: 'REJECTED', reason: '"up 3" is not a handle.' },
        ],
      },
    });
    await expect(graph.askInternal(text, EDITOR, { input })).rejects.toThrow('FORBIDDEN');
  });
});

describe('categoryStates', () => {
  const document =
    'query C($after: Cursor, $first: Int) { categoryStates(after: $after, first: $first) { endCursor categories { categoryId parentId revision } } }';
  interface Page {
    readonly categories: readonly { readonly categoryId: string; readonly parentId: string | null }[];
    readonly endCursor: string | null;
  }
  const page = async (variables: Record<string, unknown> = {}): Promise<Page> =>
    (await graph.askInternal(document, asService(), variables)).categoryStates;

  it('gives every category once with what is above it, and a higher revision after a move', async () => {
    const root = await make('state-root');
    const other = await make('state-other');
    const below = await make('state-below', root);
    const statesOf = async (...ids: string[]) =>
      (await page({ first: 1_000 })).categories.filter(({ categoryId }) => ids.includes(categoryId));
    expect(await statesOf(root, other, below)).toEqual([
      { categoryId: root, parentId: null, revision: 1 },
      { categoryId: other, parentId: null, revision: 1 },
      { categoryId: below, parentId: root, revision: 1 },
    ]);
    await graph.ask(`mutation M($input: CategoryMoveInput!) { categoryMove(input: $input) { ${SAVED} } }`, EDITOR, {
      input: { id: below, parentId: other },
    });
    expect(await statesOf(below)).toEqual([{ categoryId: below, parentId: other, revision: 2 }]);
    const [event] = await db.sql<{ payload: object }[]>`
      select payload from products.outbox where topic = 'products.category.changed' and key = ${below} order by seq desc limit 1`;
    expect(event!.payload).toMatchObject({ categoryId: below, parentId: other, revision: 2, isRemoved: false });
  });

  it('goes on behind the page before and ends with no cursor', async () => {
    await make('page-one');
    await make('page-two');
    const whole = await page();
    expect(whole.endCursor).toBeNull();
    const paged: Page['categories'][number][] = [];
    let after: string | null = null;
    do {
      const { categories, endCursor }: Page = await page({ after, first: 2 });
      paged.push(...categories);
      after = endCursor;
    } while (after !== null);
    expect(paged).toEqual(whole.categories);
  });

  it.each([{ first: 0 }, { first: 1_001 }, { after: 'x' }, { after: encodeCursor(["x'; drop"]) }])(
    'refuses %j',
    async (variables) => {
      await expect(page(variables)).rejects.toThrow('BAD_USER_INPUT');
    },
  );
});
