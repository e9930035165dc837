import { describe, expect, test } from 'vitest';
import { MAX_COMPLETION_ERRORS } from './complete-object.ts';
import { compile, respond } from './fixture/respond.ts';

const SDL = /* GraphQL */ `
  schema {
    query: Shop
    mutation: Till
  }
  interface Node {
    id: ID!
  }
  interface Media implements Node {
    id: ID!
    url: String
  }
  type Image implements Node & Media {
    id: ID!
    url: String
    width: Int
  }
  type Film implements Node & Media {
    id: ID!
    url: String
    seconds: Float
    cover: Image!
  }
  type Product implements Node {
    id: ID!
    title: String!
    subtitle: String
    colour: Colour
    colours: [Colour!]
    isNew: Boolean
    attributes: Json
    grid: [[Int!]]
    strict: [[Int!]!]!
    media: [Media!]
    best: Media
    self: Product
    twin: Product!
  }
  type Bare {
    text: String
  }
  union Hit = Product | Film
  union Only = Bare
  enum Colour {
    RED
    GREEN
  }
  scalar Json
  type Shop {
    product: Product
    products: [Product]
    must: Product!
    hit: Hit
    hits: [Hit!]!
    only: Only
    node: Node
  }
  type Till {
    sell: Product
  }
`;
const complete = (text: string, tree: Record<string, unknown>, variables?: Record<string, unknown>) => {
  const { data, errors } = respond(compile(SDL, text), tree, variables);
  return { data, errors };
};
/** As JSON.parse makes it: keys that are special in a literal are ordinary properties. */
const json = (text: string) => JSON.parse(text) as Record<string, unknown>;

describe('the fields of an answer', () => {
  test('stand in the order of the operation, with aliases, without what was not asked for', () => {
    const { text } = respond(compile(SDL, '{ mine: product { title name: title id } __typename }'), {
      extra: 1,
      mine: { __typename: 'Product', id: 'p1', name: 'Parka', title: 'Parka', price: 5 },
    });
    expect(text).toBe('{"mine":{"title":"Parka","name":"Parka","id":"p1"},"__typename":"Shop"}');
  });

  test('are merged where the operation selects one several times, at the place of the first', () => {
    const { text } = respond(
      compile(
        SDL,
        `{ ...A product { title self { id } } ... on Shop { product { self { title } ...B } } }
         fragment A on Shop { product { id } } fragment B on Product { subtitle id }`,
      ),
      { product: { id: 'p1', title: 'Parka', subtitle: 'Warm', self: { title: 'Parka', id: 'p1' } } },
    );
    expect(text).toBe('{"product":{"id":"p1","title":"Parka","self":{"id":"p1","title":"Parka"},"subtitle":"Warm"}}');
  });

  test('are those of the runtime type, through fragments on interfaces, unions and objects', () => {
    const compiled = compile(
      SDL,
      `{ hits { __typename ... on Node { id ... on Media { url } } ...F ... on Product { title best { id ... on Image { width } } } } }
       fragment F on Film { seconds cover { width } }`,
    );
    const { data, errors } = respond(compiled, {
      hits: [
        { __typename: 'Film', id: 'f1', url: '/f1', seconds: 1.5, cover: { width: 3 }, title: 'not asked of a film' },
        {
          __typename: 'Product',
          id: 'p1',
          url: 'not asked of a product',
          title: 'Parka',
          best: { __typename: 'Film', id: 'f1' },
        },
        { __typename: 'Product', id: 'p2', title: 'Coat', best: { __typename: 'Image', id: 'i1', width: 7 } },
      ],
    });
    expect(errors).toEqual([]);
    expect(data).toEqual({
      hits: [
        { __typename: 'Film', id: 'f1', url: '/f1', seconds: 1.5, cover: { width: 3 } },
        { __typename: 'Product', id: 'p1', title: 'Parka', best: { id: 'f1' } },
        { __typename: 'Product', id: 'p2', title: 'Coat', best: { id: 'i1', width: 7 } },
      ],
    });
  });

  test('are none where every one is skipped', () => {
    expect(complete('{ product { id @skip(if: true) } }', { product: { id: 'p1' } })).toEqual({
      data: { product: {} },
      errors: [],
    });
  });

  test('are what the data own, under keys that objects inherit too', () => {
    const compiled = compile(
      SDL,
      '{ __proto__: product { constructor: title hasOwnProperty: subtitle } toString: product { id } }',
    );
    const none = { data: { toString: null }, errors: [] };
    expect(respond(compiled, {})).toMatchObject({ text: '{"__proto__":null,"toString":null}', errors: [] });
    expect(complete('{ toString: product { id } }', {})).toEqual(none);
    expect(respond(compiled, json('{"__proto__":{"constructor":"c"}}'))).toMatchObject({
      text: '{"__proto__":{"constructor":"c","hasOwnProperty":null},"toString":null}',
      errors: [],
    });
    expect(respond(compiled, json('{"__proto__":{}}')).errors).toEqual([
      '__proto__.constructor: Cannot return null for non-nullable field Product.title.',
    ]);
  });

  test('belong to objects that inherit nothing', () => {
    const data = compile(SDL, '{ product { id } }')
      .shapeFor({})
      .complete({ product: { id: '1' } }, []);
    expect('constructor' in data!).toBe(false);
    expect('constructor' in (data!['product'] as object)).toBe(false);
  });
});

describe('@skip and @include', () => {
  const compiled = compile(
    SDL,
    `query ($a: Boolean!, $b: Boolean = true) {
      product {
        id @skip(if: $a)
        title @include(if: $b) @skip(if: $a)
        ...F @include(if: $a)
        ... @skip(if: $b) { subtitle }
        subtitle @include(if: $a)
        never: title @include(if: false)
      }
    }
    fragment F on Product { isNew @include(if: $b) }`,
  );
  const tree = { product: { id: 'p1', title: 'Parka', subtitle: 'Warm', isNew: true, never: 'x' } };

  test.each([
    [
      { a: true, b: true },
      { isNew: true, subtitle: 'Warm' },
    ],
    [{ a: true, b: false }, { subtitle: 'Warm' }],
    [
      { a: false, b: true },
      { id: 'p1', title: 'Parka' },
    ],
    [
      { a: false, b: false },
      { id: 'p1', subtitle: 'Warm' },
    ],
  ])('select by the variables %j', (variables, product) => {
    expect(respond(compiled, tree, variables)).toMatchObject({ data: { product }, errors: [] });
  });

  test('give the same shape for the same conditions, whatever the other variables', () => {
    expect(compiled.shapeFor({ a: true, b: false, c: 1 })).toBe(compiled.shapeFor({ a: true, b: false, c: 2 }));
    expect(compiled.shapeFor({ a: true, b: false })).not.toBe(compiled.shapeFor({ a: false, b: true }));
  });

  test('keep no more than 64 shapes, the last used', () => {
    const names = Array.from({ length: 7 }, (_, index) => `v${index}`);
    const many = compile(
      SDL,
      `query (${names.map((name) => `$${name}: Boolean!`).join()}) { product { ${names
        .map((name) => `${name}: id @skip(if: $${name})`)
        .join(' ')} id } }`,
    );
    const conditions = (bits: number) => Object.fromEntries(names.map((name, bit) => [name, (bits & (1 << bit)) > 0]));
    const shapes = Array.from({ length: 65 }, (_, bits) => {
      many.shapeFor(conditions(0));
      return many.shapeFor(conditions(bits));
    });
    expect(many.shapeFor(conditions(0))).toBe(shapes[0]);
    expect(many.shapeFor(conditions(64))).toBe(shapes[64]);
    expect(many.shapeFor(conditions(1))).not.toBe(shapes[1]);
  });

  test('refuse the request when a variable that decides is null', () => {
    expect(() => compiled.shapeFor({ a: true, b: null })).toThrow(
      expect.objectContaining({
        message: 'Argument "if" of non-null type "Boolean!" must not be null ("$b").',
        extensions: { code: 'BAD_USER_INPUT', http: { status: 400 } },
      }),
    );
  });

  test('read a variable that is named __proto__ as any other', () => {
    const named = compile(SDL, 'query ($__proto__: Boolean!) { product { id title @skip(if: $__proto__) } }');
    expect(respond(named, { product: { id: '1', title: 'T' } }, json('{"__proto__":true}')).data).toEqual({
      product: { id: '1' },
    });
    expect(() => named.shapeFor({})).toThrow('must not be null');
  });
});

describe('a leaf', () => {
  const field = (name: string, value: unknown) => complete(`{ product { ${name} } }`, { product: { [name]: value } });

  test.each([
    ['title', 'Parka'],
    ['title', ''],
    ['title', 'quote " backslash \\ line \n null \u0000 lone \ud800 pair 😀 umlaut ü'],
    ['title', 'a'.repeat(100)],
    ['title', `${'ü€'.repeat(50)}"`],
    ['id', 'p1'],
    ['isNew', false],
    ['colour', 'RED'],
    ['attributes', { any: [1, 'JSON', null, { é: true }] }],
    ['attributes', 9007199254740991],
    ['attributes', 'text'],
    ['attributes', false],
    ['attributes', -0.5],
  ])('%s is %j', (name, value) => {
    expect(field(name, value)).toEqual({ data: { product: { [name]: value } }, errors: [] });
  });

  test.each([0, 7, 10, -1, 99, 2147483647, -2147483648])('Int is %d', (width) => {
    expect(complete('{ node { ... on Image { width } } }', { node: { __typename: 'Image', width } })).toEqual({
      data: { node: { width } },
      errors: [],
    });
  });

  test.each([0, 0.1, -1e21, 5e-324, 1.7976931348623157e308])('Float is %d', (seconds) => {
    expect(complete('{ hit { ... on Film { seconds } } }', { hit: { __typename: 'Film', seconds } })).toEqual({
      data: { hit: { seconds } },
      errors: [],
    });
  });

  test('that is an ID becomes a string when it is an integer', () => {
    expect(field('id', 12)).toEqual({ data: { product: { id: '12' } }, errors: [] });
  });

  test.each([
    ['subtitle', 1, 'String cannot represent value: a number.'],
    ['subtitle', [], 'String cannot represent value: a list.'],
    ['isNew', 1, 'Boolean cannot represent a non boolean value: a number.'],
    ['isNew', 'true', 'Boolean cannot represent a non boolean value: a string.'],
    ['colour', 'TEAL', 'Enum "Colour" cannot represent value: a string.'],
    ['colour', { toString: 1 }, 'Enum "Colour" cannot represent value: an object.'],
    ['attributes', Infinity, 'Json cannot represent value: a number.'],
  ])('%s cannot be %j: null with one error', (name, value, message) => {
    expect(field(name, value)).toEqual({
      data: { product: { [name]: null } },
      errors: [`product.${name}: ${message}`],
    });
  });

  test.each([
    ['1', 'Int cannot represent non-integer value: a string.'],
    [1.5, 'Int cannot represent non-integer value: a number.'],
    [2147483648, 'Int cannot represent non 32-bit signed integer value.'],
    [{ valueOf: 1, toString: 1 }, 'Int cannot represent non-integer value: an object.'],
  ])('Int cannot be %j: null with one error', (width, message) => {
    expect(complete('{ node { ... on Image { width } } }', { node: { __typename: 'Image', width } })).toEqual({
      data: { node: { width: null } },
      errors: [`node.width: ${message}`],
    });
  });

  test.each([Infinity, NaN, '1.5', true])('Float cannot be %j: null with one error', (seconds) => {
    const { data, errors } = complete('{ hit { ... on Film { seconds } } }', { hit: { __typename: 'Film', seconds } });
    expect(data).toEqual({ hit: { seconds: null } });
    expect(errors).toEqual([expect.stringMatching(/^hit\.seconds: Float cannot represent non numeric value: a /)]);
  });

  test.each([1.5, 2 ** 53, true])('ID cannot be %j, which is no string or exact integer', (id) => {
    expect(field('id', id)).toEqual({
      data: { product: null },
      errors: [expect.stringMatching(/^product\.id: ID cannot represent value: a /)],
    });
  });

  test('of a custom scalar is null with one error when JSON has no such value', () => {
    expect(field('attributes', [1n])).toEqual({
      data: { product: { attributes: null } },
      errors: ['product.attributes: Json cannot represent value: a list.'],
    });
  });

  test('of a custom scalar is null with one error when it nests deeper than the engine can write', () => {
    const depth = 100_000;
    const attributes = json(`{"a":${'['.repeat(depth)}${']'.repeat(depth)}}`);
    expect(field('attributes', attributes)).toEqual({
      data: { product: { attributes: null } },
      errors: ['product.attributes: Json cannot represent value: an object.'],
    });
  });

  test('never comes into a message', () => {
    const { errors } = complete('{ product { isNew colour } hit { __typename } }', {
      product: { isNew: 'secret', colour: 'SECRET' },
      hit: { __typename: 'SecretType' },
    });
    expect(errors).toHaveLength(3);
    expect(errors.join()).not.toMatch(/secret/i);
  });
});

describe('a null', () => {
  test('stays where the type is nullable, for what is missing too', () => {
    expect(complete('{ product { subtitle colours } products { id } }', { product: { colours: null } })).toEqual({
      data: { product: { subtitle: null, colours: null }, products: null },
      errors: [],
    });
  });

  test('goes up to the next nullable field, with one error where it came from', () => {
    expect(
      complete('{ product { twin { twin { title } } } }', { product: { twin: { twin: { title: null } } } }),
    ).toEqual({
      data: { product: null },
      errors: ['product.twin.twin.title: Cannot return null for non-nullable field Product.title.'],
    });
  });

  test('goes up to the root', () => {
    expect(complete('{ must { id } product { id } }', { must: null, product: { id: 'p1' } })).toEqual({
      data: null,
      errors: ['must: Cannot return null for non-nullable field Shop.must.'],
    });
  });

  test.each([
    [{ grid: [[1], null, [2, null]] }, { grid: [[1], null, null] }, ['product.grid.2.1']],
    [{ grid: [['1'], [2]] }, { grid: [null, [2]] }, ['product.grid.0.0']],
    [{ grid: [] }, { grid: [] }, []],
    [{ grid: [[]] }, { grid: [[]] }, []],
  ])('in a list of lists %j', (product, expected, paths) => {
    const { data, errors } = complete('{ product { grid } }', { product });
    expect(data).toEqual({ product: expected });
    expect(errors.map((error) => error.split(':')[0])).toEqual(paths);
  });

  test('in a list of non-null lists takes the object with it', () => {
    expect(complete('{ product { strict } }', { product: { strict: [[1], [null]] } })).toEqual({
      data: { product: null },
      errors: ['product.strict.1.0: Cannot return null for non-nullable field Product.strict.'],
    });
    expect(complete('{ product { strict } }', { product: { strict: [null] } })).toEqual({
      data: { product: null },
      errors: ['product.strict.0: Cannot return null for non-nullable field Product.strict.'],
    });
  });

  test('in a list of objects costs that item alone', () => {
    expect(complete('{ products { id } }', { products: [{ id: '1' }, {}, null, { id: '2' }] })).toEqual({
      data: { products: [{ id: '1' }, null, null, { id: '2' }] },
      errors: ['products.1.id: Cannot return null for non-nullable field Product.id.'],
    });
  });

  test('keeps the errors that were met before, and adds none after', () => {
    const { errors } = complete('{ product { isNew title twin { id } } }', { product: { isNew: 'x' } });
    expect(errors).toEqual([
      'product.isNew: Boolean cannot represent a non boolean value: a string.',
      'product.title: Cannot return null for non-nullable field Product.title.',
    ]);
  });

  test('makes no more errors than an answer may hold', () => {
    const products = Array.from({ length: MAX_COMPLETION_ERRORS + 50 }, () => ({}));
    const { data, errors } = complete('{ products { id } }', { products });
    expect(errors).toHaveLength(MAX_COMPLETION_ERRORS);
    expect(data).toEqual({ products: products.map(() => null) });
  });
});

describe('a value of the wrong kind', () => {
  test.each([
    [{ product: 'text' }, 'product: Expected value of type "Product" but got: a string.'],
    [{ product: [{ id: '1' }] }, 'product: Expected value of type "Product" but got: a list.'],
    [{ product: true }, 'product: Expected value of type "Product" but got: a boolean.'],
    [
      { products: { length: 1, 0: null } },
      'products: Expected Iterable, but did not find one for field "Shop.products".',
    ],
    [{ products: 'text' }, 'products: Expected Iterable, but did not find one for field "Shop.products".'],
    [{ hit: 5 }, 'hit: Expected value of type "Hit" but got: a number.'],
  ])('%j is null with one error', (tree, error) => {
    expect(complete('{ product { id } products { id } hit { __typename } }', tree)).toEqual({
      data: { product: null, products: null, hit: null },
      errors: [error],
    });
  });
});

describe('__typename', () => {
  test('is the name of an object type, whatever the data say', () => {
    expect(
      complete('{ product { __typename t: __typename } a: __typename }', { product: { __typename: 'Film' } }),
    ).toEqual({ data: { product: { __typename: 'Product', t: 'Product' }, a: 'Shop' }, errors: [] });
    expect(complete('mutation { __typename sell { id } }', {})).toEqual({
      data: { __typename: 'Till', sell: null },
      errors: [],
    });
  });

  test('is found under an alias of the document, in a fragment too', () => {
    expect(complete('{ hit { t: __typename ... on Film { seconds } } }', { hit: { t: 'Film', seconds: 1 } })).toEqual({
      data: { hit: { t: 'Film', seconds: 1 } },
      errors: [],
    });
    expect(complete('{ hit { ...F } } fragment F on Hit { t: __typename }', { hit: { t: 'Product' } })).toEqual({
      data: { hit: { t: 'Product' } },
      errors: [],
    });
  });

  test('is not read under a key that is also that of another field', () => {
    const query = '{ hit { ... on Film { t: __typename } ... on Product { t: title } } }';
    expect(complete(query, { hit: { __typename: 'Product', t: 'Film' } })).toEqual({
      data: { hit: { t: 'Film' } },
      errors: [],
    });
    expect(complete(query, { hit: { t: 'Film' } })).toEqual({
      data: { hit: null },
      errors: [
        'hit: Abstract type "Hit" must resolve to an Object type at runtime for field "Shop.hit": the data have no __typename.',
      ],
    });
    expect(complete('{ hit { ... on Product { __typename: title } } }', { hit: { __typename: 'Film' } }).data).toEqual({
      hit: null,
    });
  });

  test('is not needed where one type alone is possible', () => {
    expect(complete('{ only { __typename ... on Bare { text } } }', { only: { text: 'x' } })).toEqual({
      data: { only: { __typename: 'Bare', text: 'x' } },
      errors: [],
    });
  });

  test.each([
    ['Secret', 'Abstract type "Hit" was resolved to a type that does not exist inside the schema.'],
    ['__proto__', 'Abstract type "Hit" was resolved to a type that does not exist inside the schema.'],
    ['Image', 'Runtime Object type "Image" is not a possible type for "Hit".'],
    ['Colour', 'Abstract type "Hit" was resolved to a non-object type "Colour".'],
    ['Node', 'Abstract type "Hit" was resolved to a non-object type "Node".'],
    [7, 'Abstract type "Hit" must resolve to an Object type at runtime for field "Shop.hits": __typename is a number.'],
    [
      null,
      'Abstract type "Hit" must resolve to an Object type at runtime for field "Shop.hits": the data have no __typename.',
    ],
  ])('%j makes null with one error where it is not possible', (__typename, message) => {
    expect(complete('{ hits { ... on Node { id } } }', { hits: [{ __typename, id: '1' }] })).toEqual({
      data: null,
      errors: [`hits.0: ${message}`],
    });
  });

  test('may be an interface, of which only what all implementations have is answered', () => {
    const query = '{ node { id ... on Media { url ... on Film { seconds } } ... on Image { width } } }';
    expect(complete(query, { node: { __typename: 'Media', id: '1', url: '/1', seconds: 1, width: 2 } })).toEqual({
      data: { node: { id: '1', url: '/1' } },
      errors: [],
    });
    expect(complete('{ node { id __typename } }', { node: { __typename: 'Media', id: '1' } })).toEqual({
      data: { node: null },
      errors: ['node.__typename: The type of this object is not known: it says only its interface.'],
    });
  });
});

describe('a refused field', () => {
  const refusing = (query: string, tree: Record<string, unknown>, names: readonly string[]) => {
    const { data, errors } = respond(
      compile(SDL, query, ({ name }) => names.includes(name.value)),
      tree,
    );
    return { data, errors };
  };

  test('is null though the data have it, and the null propagates', () => {
    const tree = { product: { id: 'p1', subtitle: 'Warm', self: { id: 'p1' } } };
    expect(refusing('{ product { id subtitle self { id } } }', tree, ['subtitle', 'self'])).toEqual({
      data: { product: { id: 'p1', subtitle: null, self: null } },
      errors: [],
    });
    expect(refusing('{ product { id subtitle } }', tree, ['id'])).toEqual({
      data: { product: null },
      errors: ['product.id: Cannot return null for non-nullable field Product.id.'],
    });
  });

  test('may be __typename', () => {
    expect(refusing('{ hit { __typename } }', { hit: { __typename: 'Film' } }, ['__typename'])).toEqual({
      data: { hit: null },
      errors: ['hit.__typename: Cannot return null for non-nullable field Film.__typename.'],
    });
  });

  test('leaves what others select under the same key', () => {
    const query = '{ hit { ... on Film { cover { id } } ... on Film { cover { width } } } }';
    let met = 0;
    const compiled = compile(SDL, query, ({ name }) => name.value === 'cover' && met++ === 0);
    const tree = { hit: { __typename: 'Film', cover: { id: 'i1', width: 3 } } };
    expect(respond(compiled, tree)).toMatchObject({ data: { hit: { cover: { width: 3 } } }, errors: [] });
  });
});

describe('introspection', () => {
  test('is answered from the schema, with fragments and aliases, among other fields', () => {
    const query = `{ a: __schema { queryType { ...N } } product { id } b: __type(name: "Colour") { ...N enumValues { name } }
      ... { a: __schema { mutationType { ...N } } } none: __type(name: "Nothing") { name } }
      fragment N on __Type { name kind }`;
    const { data, errors } = complete(query, { product: { id: 'p1' }, b: 'not read' });
    expect(errors).toEqual([]);
    expect(data).toEqual({
      a: { queryType: { name: 'Shop', kind: 'OBJECT' }, mutationType: { name: 'Till', kind: 'OBJECT' } },
      product: { id: 'p1' },
      b: { name: 'Colour', kind: 'ENUM', enumValues: [{ name: 'RED' }, { name: 'GREEN' }] },
      none: null,
    });
  });

  test('takes variables, also in directives', () => {
    const compiled = compile(
      SDL,
      `query ($name: String!, $short: Boolean = false, $none: Boolean = true) {
        __type(name: $name) { name ... @skip(if: $short) { kind } }
        __schema @skip(if: $none) { queryType { name } }
      }`,
    );
    const answer = (coerced: Record<string, unknown>) => respond(compiled, {}, coerced).data;
    expect(answer({ name: 'Film', short: false, none: true })).toEqual({ __type: { name: 'Film', kind: 'OBJECT' } });
    expect(answer({ name: 'Hit', short: true, none: false })).toEqual({
      __type: { name: 'Hit' },
      __schema: { queryType: { name: 'Shop' } },
    });
  });

  test('gives each caller an answer of its own', () => {
    const shape = compile(SDL, '{ __schema { queryType { name } } }').shapeFor({});
    const first = shape.complete({}, []) as { __schema: { queryType: { name: string } } };
    first.__schema.queryType.name = 'changed';
    expect(shape.writeJson({}, [])).toBe('{"__schema":{"queryType":{"name":"Shop"}}}');
    expect(shape.complete({}, [])).toEqual({ __schema: { queryType: { name: 'Shop' } } });
  });
});

describe('a large answer', () => {
  test('is whole when it outgrows what was set aside for writing, and so is the next', () => {
    const compiled = compile(SDL, '{ products { id title attributes } }');
    const products = Array.from({ length: 20_000 }, (_, index) => ({
      id: `p${index}`,
      title: 'äöü€'.repeat(1 + (index % 60)),
      attributes: [index, { text: 'x'.repeat(index % 100) }],
    }));
    for (const length of [20_000, 1, 3_000]) {
      const tree = { products: products.slice(0, length) };
      expect(respond(compiled, tree).text).toBe(JSON.stringify(tree));
    }
  });

  test('of ever other types makes the shapes anew when they have become too many', () => {
    const names = ['A', 'B', 'C'];
    const types = names.map((name) => `type ${name} implements I { i: [I] ${name.toLowerCase()}: [I] }`).join(' ');
    const nested = (depth: number): string =>
      depth === 0
        ? '{ __typename }'
        : `{ ${names.map((name) => `... on ${name} { ${name.toLowerCase()} ${nested(depth - 1)} }`).join(' ')} }`;
    const items = (depth: number): unknown[] =>
      names.map((name) => ({ __typename: name, ...(depth > 0 ? { [name.toLowerCase()]: items(depth - 1) } : {}) }));
    const compiled = compile(`interface I { i: [I] } ${types} type Query { i: [I] }`, `{ i ${nested(8)} }`);
    const before = compiled.shapeFor({});
    const { text, errors } = respond(compiled, { i: items(8) });
    expect(errors).toEqual([]);
    expect(compiled.shapeFor({})).not.toBe(before);
    expect(respond(compiled, { i: items(8) }).text).toBe(text);
  });
});
