import fc from 'fast-check';
import {
  OverlappingFieldsCanBeMergedRule,
  PossibleFragmentSpreadsRule,
  ScalarLeafsRule,
  getOperationAST,
  buildSchema,
  defaultTypeResolver,
  executeSync,
  getNullableType,
  isCompositeType,
  isEnumType,
  isListType,
  parse,
  validate,
  type GraphQLFieldResolver,
  type GraphQLOutputType,
  type GraphQLTypeResolver,
} from 'graphql';
import { describe, expect, test } from 'vitest';
import { MAX_COMPLETION_ERRORS } from './complete-object.ts';
import { compileResponse, type CompletionError } from './compile-response.ts';
import { choicesOf, randomOperation, randomTree } from './fixture/random-operations.ts';

/** Interfaces of interfaces, unions that overlap, one with a single member, lists of every nesting, and names that objects inherit. */
const RICH = buildSchema(/* GraphQL */ `
  schema {
    query: Shop
    mutation: Till
  }
  interface Node {
    id: ID!
  }
  interface Named implements Node {
    id: ID!
    name: String
    related: [Named!]
  }
  type Product implements Node & Named {
    id: ID!
    name: String
    related: [Named!]
    price: Float!
    stock: Int
    tags: [String!]!
    grid: [[Int!]]
    cube: [[[Boolean]!]!]
    colour: Colour
    colours: [Colour!]
    extra: Json
    maker: Maker!
    found: [Found]
    constructor: String
    hasOwnProperty: ID
  }
  type Maker implements Node & Named {
    id: ID!
    name: String!
    related: [Product!]
    home: Product
    active: Boolean!
    only: Only
  }
  type Note {
    text: String!
    about: Found
    node: Node!
    notes: [[Note!]!]
  }
  union Found = Product | Maker | Note
  union Only = Note
  enum Colour {
    RED
    GREEN
  }
  scalar Json
  type Shop {
    node: Node
    named: Named!
    found: [Found!]
    products: [Product!]!
    note: Note
    only: [Only]
    shop: Shop
  }
  type Till {
    sell: Product
    note: Note!
    found: Found
  }
`);

/** No type can be null anywhere: every fault goes far up. */
const STRICT = buildSchema(/* GraphQL */ `
  interface Named {
    name: String!
    next: Named!
  }
  type Note implements Named {
    name: String!
    next: Note!
    all: [Found!]!
    id: ID!
  }
  type Product implements Named {
    name: String!
    next: Named!
    note: Note
    stock: Int!
    grid: [[Float!]!]!
  }
  union Found = Note | Product
  type Query {
    all: [Found!]!
    maybe: [Found]
    named: Named
    note: Note!
    product: Product
  }
`);

/** The rules that the generator can break; what else it could do wrong, graphql-js refuses to execute. */
const RULES = [OverlappingFieldsCanBeMergedRule, PossibleFragmentSpreadsRule, ScalarLeafsRule];

// Where we differ from graphql-js on purpose, its resolvers fail with the error that we make.

/** Leaves are not coerced, except IDs that are exact integers: GraphQL 3.5 allows to coerce and does not ask for it. */
function isLeaf(type: GraphQLOutputType, value: unknown): boolean {
  if (isEnumType(type)) return typeof value === 'string' && type.getValue(value) !== undefined;
  switch (String(type)) {
    case 'Int':
      return typeof value === 'number' && (value | 0) === value;
    case 'Float':
      return typeof value === 'number' && Number.isFinite(value);
    case 'String':
      return typeof value === 'string';
    case 'Boolean':
      return typeof value === 'boolean';
    case 'ID':
      return typeof value === 'string' || Number.isSafeInteger(value);
    default:
      return typeof value !== 'number' || Number.isFinite(value);
  }
}

/** What is no object cannot be one (GraphQL 6.4.3, step 5 names objects alone); graphql-js reads fields of anything. */
function strictly(type: GraphQLOutputType, value: unknown): unknown {
  const inner = getNullableType(type);
  if (value == null) return value;
  if (isListType(inner)) return Array.isArray(value) ? value.map((item) => strictly(inner.ofType, item)) : value;
  const fits = isCompositeType(inner) ? typeof value === 'object' && !Array.isArray(value) : isLeaf(inner, value);
  return fits ? value : new Error('a value of the wrong kind');
}

const fieldResolver: GraphQLFieldResolver<Record<string, unknown>, unknown> = (source, _args, _context, info) =>
  strictly(info.returnType, Object.hasOwn(source, info.path.key) ? source[info.path.key] : undefined);

/** The type may stand under an alias, and need not stand where only one is possible: how to find it is ours to say (GraphQL 6.4.3, ResolveAbstractType). */
const typeResolver: GraphQLTypeResolver<Record<string, unknown>, unknown> = (value, context, info, type) => {
  const name = value['__typename'] ?? value['t'];
  const [only, other] = info.schema.getPossibleTypes(type);
  if (name == null) return other ? undefined : only!.name;
  return defaultTypeResolver({ ...value, __typename: name }, context, info, type);
};

describe.each([
  ['a rich schema', RICH, 1],
  ['a schema without nulls', STRICT, 2],
])('over %s', (_, schema, seed) => {
  test('data and errors are those of graphql-js', () => {
    let valid = 0;
    let faulty = 0;
    let propagated = 0;
    fc.assert(
      fc.property(fc.integer(), fc.tuple(fc.boolean(), fc.boolean(), fc.boolean()), (choices, [a, b, c]) => {
        const choose = choicesOf(choices);
        const text = randomOperation(schema, choose);
        const document = parse(text);
        if (validate(schema, document, RULES).length > 0) return;
        valid++;
        const operation = getOperationAST(document)!;
        const variableValues = { a, b, c };
        const compiled = compileResponse({ schema, document, operation });
        // Other data of the same operation first: shapes are kept.
        for (let round = 0; round < 3; round++) {
          const rootValue = randomTree(schema, document, variableValues, choose);
          const expected = executeSync({ schema, document, rootValue, variableValues, fieldResolver, typeResolver });
          const shape = compiled.shapeFor(variableValues);
          const errors: CompletionError[] = [];
          expect(JSON.stringify(shape.complete(rootValue, errors))).toBe(JSON.stringify(expected.data));
          expect(errors.map(({ path }) => path)).toEqual(
            (expected.errors ?? []).slice(0, MAX_COMPLETION_ERRORS).map(({ path }) => path),
          );
          const told: CompletionError[] = [];
          expect(shape.writeJson(rootValue, told)).toBe(JSON.stringify(expected.data));
          expect(told).toEqual(errors);
          if (errors.length > 0) faulty++;
          if (expected.data === null) propagated++;
        }
      }),
      { seed, numRuns: 1_000 },
    );
    // The generators make what they are for.
    expect(valid).toBeGreaterThan(700);
    expect(faulty).toBeGreaterThan(500);
    expect(propagated).toBeGreaterThan(100);
  });
});
