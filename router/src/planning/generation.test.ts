import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { GraphQLError, printSchema, validateSchema } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { apiSchemaOf } from '../composition/api-schema.ts';
import { shopSupergraph } from '../fixture/shop.ts';
import { SMALL_SUPERGRAPH, supergraphOf } from './fixture/supergraph-of.ts';
import { generationId, loadGeneration, SupergraphError, type Generation } from './generation.ts';

const OWN = readFileSync(new URL('../../../schema/supergraph.graphql', import.meta.url), 'utf8');

const refusal = async (sdl: string) => {
  const error = await loadGeneration(sdl).then(
    async (generation) => {
      await generation.close();
      return null;
    },
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(SupergraphError);
  return (error as SupergraphError).message;
};

describe('a generation', () => {
  let generation: Generation;
  beforeAll(async () => {
    generation = await loadGeneration(SMALL_SUPERGRAPH);
  });
  afterAll(() => generation.close());

  it('plans one operation over the subgraphs that own its fields', async () => {
    const plan = await generation.plan({ text: 'query Read($id: ID!) { book(id: $id) { title stars } }' });
    expect(plan).toEqual({
      kind: 'QueryPlan',
      node: {
        kind: 'Sequence',
        nodes: [
          expect.objectContaining({ kind: 'Fetch', serviceName: 'books', operationName: 'Read__books__0' }),
          expect.objectContaining({
            kind: 'Flatten',
            path: ['book'],
            node: expect.objectContaining({ kind: 'Fetch', serviceName: 'reviews' }),
          }),
        ],
      },
    });
  });

  it('plans many operations that are asked for at once, each its own', async () => {
    const names = Array.from({ length: 20 }, (_, number) => `alias${number}`);
    const plans = await Promise.all(names.map((name) => generation.plan({ text: `{ ${name}: book(id: 1) { id } }` })));
    expect(plans.map((plan) => plan.node?.kind === 'Fetch' && plan.node.operation)).toEqual(
      names.map((name) => `{${name}:book(id:1){id}}`),
    );
  });

  it('refuses an operation that does not fit the schema, by its message', async () => {
    await expect(generation.plan({ text: '{ nothing }' })).rejects.toEqual(
      expect.objectContaining({
        message: 'Cannot query field "nothing" on type "Query".',
        extensions: expect.objectContaining({ code: 'GRAPHQL_VALIDATION_FAILED' }),
      }),
    );
  });

  it('is named by its text', () => {
    expect(generation.id).toMatch(/^[0-9a-f]{16}$/);
    expect(generation.id).toBe(generationId(SMALL_SUPERGRAPH));
    expect(generation.supergraphSdl).toBe(SMALL_SUPERGRAPH);
  });

  it('refuses what comes after it was closed', async () => {
    const closed = await loadGeneration(SMALL_SUPERGRAPH);
    await closed.close();
    await closed.close();
    await expect(closed.plan({ text: '{ book(id: 1) { id } }' })).rejects.toSatisfy(
      (error) => error instanceof GraphQLError && error.extensions['code'] === 'SERVICE_UNAVAILABLE',
    );
  });

  it('ends the plans under way before it closes', async () => {
    const closing = await loadGeneration(SMALL_SUPERGRAPH);
    const plans = [1, 2, 3].map((id) => closing.plan({ text: `{ book(id: ${id}) { title stars } }` }));
    await closing.close();
    expect((await Promise.all(plans)).map((plan) => plan.node?.kind)).toEqual(['Sequence', 'Sequence', 'Sequence']);
  });
});

describe('the schema of a generation', () => {
  it.each([
    ['the own supergraph', OWN],
    ['a shop', shopSupergraph()],
  ])('is what clients may see of %s, and valid', async (_name, sdl) => {
    const generation = await loadGeneration(sdl);
    await generation.close();
    const seen = printSchema(apiSchemaOf(sdl));
    expect(generation.apiSdl).toBe(seen);
    expect(printSchema(generation.schema)).toBe(seen);
    expect(validateSchema(generation.schema)).toEqual([]);
  });
});

describe('the facts of a generation', () => {
  it('name subgraphs, and what every composite type can be, hidden from clients or not', async () => {
    const generation = await loadGeneration(
      supergraphOf({
        a: `
          type Query { media: [Media!]  any: Any }
          interface Media @key(fields: "id") { id: ID! }
          type Book implements Media @key(fields: "id") { id: ID! }
          type Film implements Media @key(fields: "id") @inaccessible { id: ID! }
          type constructor { id: ID! }
          union Any = Book | constructor`,
        b: 'type Media @key(fields: "id") @interfaceObject { id: ID!  stars: Int }',
      }),
    );
    await generation.close();
    expect(generation.facts.subgraphs).toEqual([
      { name: 'a', url: 'http://a.test/graphql' },
      { name: 'b', url: 'http://b.test/graphql' },
    ]);
    expect(Object.getPrototypeOf(generation.facts.possibleTypes)).toBeNull();
    expect({ ...generation.facts.possibleTypes }).toEqual({
      Any: ['Book', 'constructor'],
      Book: ['Book'],
      Film: ['Film'],
      Media: ['Book', 'Film'],
      Query: ['Query'],
      constructor: ['constructor'],
    });
    expect(generation.facts.overrideLabels).toEqual([]);
  });

  it('name the labels of overrides and the fields on which they decide', async () => {
    const generation = await loadGeneration(
      supergraphOf({
        a: `
          type Query { book: Book  media: Media }
          interface Media { title: String }
          type Book implements Media @key(fields: "id") { id: ID!  title: String  code: String  pages: Int }`,
        b: `
          type Book @key(fields: "id") {
            id: ID!
            title: String @override(from: "a", label: "percent(25)")
            code: String @override(from: "a", label: "codes")
          }`,
        c: 'type Query { shelf: Shelf }  type Shelf @key(fields: "code") { code: ID! }',
      }),
    );
    const text = '{ book { title } }';
    const asked = async (overrides: string[]) => JSON.stringify(await generation.plan({ text, overrides }));
    const [off, on] = [await asked([]), await asked(['percent(25)'])];
    await generation.close();
    expect(generation.facts.overrideLabels).toEqual(['codes', 'percent(25)']);
    expect({ ...generation.facts.labelsByField }).toEqual({
      'Book.code': ['codes'],
      'Book.title': ['percent(25)'],
      'Media.title': ['percent(25)'],
    });
    expect(generation.facts.labelsOfKeys).toEqual(['codes']);
    expect(off).not.toContain('"serviceName":"b"');
    expect(on).toContain('"serviceName":"b"');
  });
});

describe('a text that is no supergraph', () => {
  it('is refused with line and column when it is not GraphQL', async () => {
    expect(await refusal('type Query {\n  a: }')).toBe(
      'The supergraph is not GraphQL: Expected Name, found "}". (line 2, column 6)',
    );
    expect(await refusal('')).toBe('The supergraph is not GraphQL: Unexpected <EOF>. (line 1, column 1)');
  });

  it.each([
    ['an ordinary schema', 'type Query { a: Int }'],
    ['a schema with another link', OWN.replace('https://specs.apollo.dev/join/v0.5', 'https://example.com/other/v0.5')],
  ])('is refused as such when it is %s', async (_name, sdl) => {
    expect(await refusal(sdl)).toBe(
      'This is not a supergraph: its schema has no @link to the join specification (https://specs.apollo.dev/join). Compose the subgraphs first.',
    );
  });

  it('is refused with the URL of a feature that is not supported', async () => {
    const link = '@link(url: "https://specs.apollo.dev/join/v0.5", for: EXECUTION)';
    const sdl = OWN.replace(link, `${link} @link(url: "https://example.com/shield/v1.0", for: SECURITY)`);
    expect(await refusal(sdl)).toBe(
      'The supergraph needs a feature that this router does not support: https://example.com/shield/v1.0 (for: SECURITY).',
    );
  });

  it('is refused with the version of the join specification when that is not supported', async () => {
    expect(await refusal(OWN.replace('join/v0.5', 'join/v9.0'))).toMatch(
      /^The supergraph cannot be served: .*unsupported join spec version v9\.0/,
    );
  });

  it('is refused with the reason, in one line, when it contradicts itself', async () => {
    const message = await refusal(SMALL_SUPERGRAPH.replace('title: String!', 'title: Unheard!'));
    expect(message).toMatch(/^The supergraph cannot be served: .*Unheard/);
    expect(message).not.toContain('\n');
  });
});

it('does not keep a process alive that forgets to close it', async () => {
  const script = `
    import { loadGeneration } from ${JSON.stringify(new URL('./generation.ts', import.meta.url).href)};
    const generation = await loadGeneration(${JSON.stringify(SMALL_SUPERGRAPH)});
    const plan = await generation.plan({ text: '{ book(id: 1) { id } }' });
    console.log(plan.kind);`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script]);
  expect(stdout).toBe('QueryPlan\n');
});
