import { guestOf, serviceCaller, type Caller } from '@kontor/kit/src/auth/caller.ts';
import fc from 'fast-check';
import {
  buildSchema,
  Kind,
  parse,
  print,
  validate,
  visit,
  type FieldNode,
  type OperationDefinitionNode,
} from 'graphql';
import { describe, expect, test } from 'vitest';
import { readFieldPolicy } from './field-policy.ts';
import { MAX_REFUSALS } from './find-refusals.ts';
import { guardOperation, type PermittedOperation } from './guard-operation.ts';
import { refusalErrors } from './refusal-errors.ts';
import type { PolicyPort } from './requirement.ts';

const SDL = `
  directive @authenticated on FIELD_DEFINITION | OBJECT | INTERFACE | SCALAR | ENUM
  directive @requiresScopes(scopes: [[String!]!]!) on FIELD_DEFINITION | OBJECT | INTERFACE | SCALAR | ENUM
  directive @policy(policies: [[String!]!]!) on FIELD_DEFINITION | OBJECT | INTERFACE | SCALAR | ENUM
  type Query {
    product(id: ID): Product
    products: [Product!]!
    named: [Named]
    search: [Found]
    node: Node
    ledger: [Int!]! @requiresScopes(scopes: [["stock:read"]])
    mine: User @authenticated
  }
  type Mutation { rename(title: String): Product book: Int @requiresScopes(scopes: [["stock:write"]]) }
  type Subscription { watched: Product @requiresScopes(scopes: [["watch"]]) }
  interface Named { name: String! }
  interface Node { id: ID! }
  type Product implements Named & Node {
    id: ID! @requiresScopes(scopes: [["ids"]])
    name: String!
    title(upper: Boolean): String
    cost(in: String): Int! @requiresScopes(scopes: [["cost", "money"], ["finance"]])
    margin: Int @policy(policies: [["controller"]])
    parts: [Product!]!
  }
  type Maker implements Named & Node { id: ID! name: String! }
  type User @requiresScopes(scopes: [["customers:read"]]) { email: String friends: [User] }
  union Found = Product | Maker | User`;
const schema = buildSchema(SDL);
const policy = readFieldPolicy(SDL);
const withScopes = (...scopes: string[]): Caller => ({ role: 'integration', subject: 'i', channel: 'web', scopes });
const PARTNER = withScopes();

function guard(text: string, policies?: PolicyPort) {
  const document = parse(text, { noLocation: true });
  expect(validate(schema, document)).toEqual([]);
  const operation = document.definitions.find(
    (definition): definition is OperationDefinitionNode => definition.kind === Kind.OPERATION_DEFINITION,
  )!;
  return {
    document,
    guarded: guardOperation({ policy, schema, document, operation, ...(policies ? { policies } : {}) }),
  };
}
const ask = (text: string, caller: Caller = PARTNER, policies?: PolicyPort) =>
  guard(text, policies).guarded.for(caller);
const left = ({ document }: PermittedOperation) => document && print(document).replaceAll(/\s+/g, ' ').trim();
const told = ({ refused }: PermittedOperation) => refused.map(({ coordinate, path }) => [coordinate, path.join('.')]);

describe('an operation without requirements', () => {
  test('is open, and every caller gets the document itself', () => {
    const { document, guarded } = guard(
      '{ product { name } __schema { types { name } } __type(name: "User") { name } }',
    );
    expect(guarded.open).toBe(true);
    expect(guarded.for(guestOf('web'))).toMatchObject({ key: '', refused: [] });
    expect(guarded.for(guestOf('web')).document).toBe(document);
  });
});

describe('a caller who fulfils everything', () => {
  test('gets the document itself, also as a service and by any alternative', () => {
    const { document, guarded } = guard('{ product { cost } }');
    for (const caller of [withScopes('cost', 'money'), withScopes('finance'), serviceCaller('web')]) {
      expect(guarded.for(caller)).toMatchObject({ key: '', refused: [] });
      expect(guarded.for(caller).document).toBe(document);
    }
  });

  test('is asked for policies by name, which are scopes unless somebody else decides', () => {
    const text = '{ product { margin } }';
    expect(ask(text, withScopes('controller')).refused).toEqual([]);
    expect(ask(text, PARTNER, (name, caller) => name === 'controller' && caller === PARTNER).refused).toEqual([]);
    expect(ask(text, withScopes('controller'), () => false).refused).toHaveLength(1);
  });
});

describe('a refused field', () => {
  test('is not asked for, while everything else is', () => {
    const permitted = ask('{ product { name cost } ledger }');
    expect(left(permitted)).toBe('{ product { name } }');
    expect(told(permitted)).toEqual([
      ['Product.cost', 'product.cost'],
      ['Query.ledger', 'ledger'],
    ]);
    expect(permitted.refused[1]).toMatchObject({
      code: 'FORBIDDEN',
      scope: 'stock:read',
      message: 'Query.ledger needs the scope "stock:read", which the caller does not have.',
    });
    expect(permitted.refused[0]).toMatchObject({
      scope: 'finance',
      message:
        'Product.cost needs the scopes "cost" and "money", or the scope "finance", which the caller does not have.',
    });
  });

  test('needs all names of an alternative', () => {
    expect(told(ask('{ product { cost } }', withScopes('cost')))).toEqual([['Product.cost', 'product.cost']]);
  });

  test('leaves nothing to ask when it was alone, in every kind of operation', () => {
    for (const text of [
      '{ ledger }',
      'mutation { book }',
      'subscription { watched { name } }',
      '{ ...A } fragment A on Query { ledger }',
    ]) {
      const permitted = ask(text);
      expect(permitted.document).toBeNull();
      expect(permitted.refused).toHaveLength(1);
    }
  });

  test('leaves its parent standing, under a key that nothing else has', () => {
    expect(left(ask('{ product { cost } }'))).toBe('{ product { __typename } }');
    expect(left(ask('mutation { rename { cost } book }'))).toBe('mutation { rename { __typename } }');
    expect(left(ask('{ product { cost } again: product { __typename: name } }'))).toBe(
      '{ product { ___typename: __typename } again: product { __typename: name } }',
    );
  });

  test('takes the variables and fragments with it that only it needed', () => {
    const permitted = ask(`
      query Q($id: ID, $in: String, $skip: Boolean!) {
        product(id: $id) { ...All ...Secrets @skip(if: $skip) }
      }
      fragment All on Product { name ...Secrets }
      fragment Secrets on Product { cost(in: $in) parts { ... on Product { cost } } margin ...More }
      fragment More on Product { id }`);
    expect(left(permitted)).toBe(
      'query Q($id: ID, $skip: Boolean!) { product(id: $id) { ...All ...Secrets @skip(if: $skip) } } ' +
        'fragment Secrets on Product { parts { __typename } } fragment All on Product { name ...Secrets }',
    );
    expect(validate(schema, permitted.document!)).toEqual([]);
    const alone = ask(
      'query ($skip: Boolean!) { product { name ...S @skip(if: $skip) } } fragment S on Product { cost }',
    );
    expect(left(alone)).toBe('{ product { name } }');
  });

  test('is null whatever an answer holds under its response key', () => {
    const { guarded, document } = guard('{ product { title id name: cost } }');
    const fields: string[] = [];
    visit(document, {
      Field: (field: FieldNode) => void (guarded.for(PARTNER).refusedFields.has(field) && fields.push(print(field))),
    });
    expect(fields).toEqual(['id', 'name: cost']);
  });

  test('is told as unauthenticated to guests where a credential is what is missing', () => {
    expect(ask('{ mine { email } }', guestOf('web')).refused).toMatchObject([
      { code: 'UNAUTHENTICATED', coordinate: 'Query.mine' },
    ]);
    expect(ask('{ mine { email } }').refused).toMatchObject([{ code: 'FORBIDDEN', scope: 'customers:read' }]);
    expect(ask('{ mine { email } }', withScopes('customers:read')).refused).toEqual([]);
  });

  test('has a path that ends at the first list, and the whole way beside it', () => {
    const [refusal] = ask('{ all: products { parts { price: cost } } }').refused;
    expect(refusal).toMatchObject({ path: ['all'], selection: ['all', 'parts', 'price'], coordinate: 'Product.cost' });
  });

  test('is not asked for its own fields, which are not told either', () => {
    const permitted = ask('{ mine { email friends { email } } product { name } }');
    expect(told(permitted)).toEqual([['Query.mine', 'mine']]);
  });
});

describe('the same object by other ways', () => {
  test.each([
    ['an alias', '{ product { name: cost } }', '{ product { __typename } }'],
    ['a fragment', '{ product { ...F } } fragment F on Product { cost }', '{ product { __typename } }'],
    ['an inline fragment', '{ product { ... { ... on Product { cost } } } }', '{ product { __typename } }'],
    ['an interface', '{ node { id } }', '{ node { __typename } }'],
    ['a fragment on an interface', '{ product { ... on Node { id } } }', '{ product { __typename } }'],
    ['a fragment within an interface', '{ named { name ... on Product { cost } } }', '{ named { name } }'],
    ['a union', '{ search { ... on Product { cost } ... on User { email } } }', '{ search { __typename } }'],
    ['its type name in a union', '{ search { ... on User { __typename } } }', '{ search { __typename } }'],
    ['a list', '{ products { parts { cost } } }', '{ products { parts { __typename } } }'],
  ])('are refused by %s', (_way, text, rest) => {
    const permitted = ask(text);
    expect(left(permitted)).toBe(rest);
    expect(permitted.refused.length).toBeGreaterThan(0);
  });

  test('leave what another implementation shows openly', () => {
    const permitted = ask('{ node { id ... on Maker { id } ... on Product { id } } }');
    expect(left(permitted)).toBe('{ node { ... on Maker { id } } }');
    expect(told(permitted)).toEqual([
      ['Node.id', 'node.id'],
      ['Product.id', 'node.id'],
    ]);
  });
});

describe('variants of a document', () => {
  test('are one object for callers who lack the same, and tell nothing of the caller', () => {
    const { guarded } = guard('{ ledger product { cost margin } }');
    const variant = guarded.for(withScopes('cost'));
    expect(guarded.for(withScopes('money', 'something'))).toBe(variant);
    expect(variant.refused.map(({ message }) => message)).toEqual([
      'Query.ledger needs the scope "stock:read", which the caller does not have.',
      'Product.cost needs the scopes "cost" and "money", or the scope "finance", which the caller does not have.',
      'Product.margin needs the policy "controller", which the caller does not have.',
    ]);
    const other = guarded.for(withScopes('stock:read'));
    expect(other).not.toBe(variant);
    expect(other.key).not.toBe(variant.key);
    expect(new Set([variant.key, other.key, ''])).toHaveLength(3);
  });
});

describe('errors', () => {
  test('are told for what the variables select, each once', () => {
    const { refused } = ask(`query ($yes: Boolean!, $no: Boolean = false) {
      ledger @include(if: $no)
      product @skip(if: $no) { cost ... @include(if: $yes) { cost margin @skip(if: $yes) } }
      never: ledger @skip(if: true)
      ... @include(if: false) { ledger }
    }`);
    const extensions = { code: 'FORBIDDEN', scope: 'finance', coordinate: 'Product.cost', path: ['product', 'cost'] };
    expect(refusalErrors(refused, { yes: true, no: false })).toEqual([
      { message: expect.stringContaining('Product.cost') as string, path: ['product', 'cost'], extensions },
    ]);
    expect(refusalErrors(refused, { yes: true, no: true }).map(({ path }) => path)).toEqual([['ledger']]);
    expect(
      refusalErrors(refused, Object.create({ yes: true, no: false }) as object as Record<string, unknown>),
    ).toEqual([]);
  });

  test('end at a bound, however often fragments select the field', () => {
    const levels = Array.from(
      { length: 40 },
      (_, level) => `fragment F${level} on Product { a: parts { ...F${level + 1} } b: parts { ...F${level + 1} } }`,
    );
    const { refused } = ask(`{ product { ...F0 } } ${levels.join(' ')} fragment F40 on Product { cost }`);
    expect(refused).toHaveLength(MAX_REFUSALS);
    const silent = ask(
      `{ ledger product { ...F0 } } ${levels.join(' ')} fragment F40 on Product { name cost @skip(if: true) }`,
    );
    expect(told(silent)).toEqual([['Query.ledger', 'ledger']]);
  });
});

describe('any operation for any caller', () => {
  const LEAVES = ['id', 'name', 'title', 'cost', 'margin', '__typename', 'x: cost', 'y: id'];
  const product = fc.letrec<{ set: string; selection: string }>((tie) => ({
    set: fc.array(tie('selection'), { minLength: 1, maxLength: 4 }).map((all) => `{ ${all.join(' ')} }`),
    selection: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.constantFrom(...LEAVES),
      tie('set').map((set) => `parts ${set}`),
      tie('set').map((set) => `... on Product ${set}`),
      fc.constantFrom('... on Node { id }', '... on Named { name }', '...Shared', '...Secret'),
    ),
  })).set;
  const text = fc.tuple(product, product).map(
    ([one, two]) =>
      `query Main { product ${one} products ${two} search { ... on User { email } ... on Product ${one} } ledger }
         fragment Shared on Product { name cost } fragment Secret on Product { margin } query Unused { product { ...Shared ...Secret } }`,
  );
  const scopes = fc.subarray(['ids', 'cost', 'money', 'finance', 'controller', 'customers:read', 'stock:read']);

  test('stays valid and asks for nothing that the caller may not see', () => {
    fc.assert(
      fc.property(text, scopes, (query, given) => {
        const document = parse(query, { noLocation: true });
        const operation = document.definitions[0] as OperationDefinitionNode;
        const caller = withScopes(...given);
        const permitted = guardOperation({ policy, schema, document, operation }).for(caller);
        expect(validate(schema, permitted.document!)).toEqual([]);
        const again = guardOperation({
          policy,
          schema,
          document: permitted.document!,
          operation: permitted.document!.definitions[0] as OperationDefinitionNode,
        }).for(caller);
        expect(again).toMatchObject({ key: '', refused: [] });
        expect(permitted.refused.length === 0).toBe(permitted.refusedFields.size === 0);
      }),
      { seed: 7, numRuns: 300 },
    );
  });
});
