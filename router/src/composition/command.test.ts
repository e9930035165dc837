import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { composeCommand } from './command.ts';

const COMMON = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable"])\n';
const SUBGRAPHS: Readonly<Record<string, string>> = {
  products: 'type Query { product(id: ID!): Product } type Product @key(fields: "id") { id: ID! title: String! }',
  prices: 'type Product @key(fields: "id") { id: ID! price: Int }',
  stock: 'type Product @key(fields: "id") { id: ID! stock: Int }',
  orders: 'type Query { order: Int }',
  customers: 'type Query { me: Int }',
};

let root: string;
const write = (path: string, text: string) => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
};
const git = (...args: string[]) =>
  execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], { cwd: root, stdio: 'ignore' });
async function run(...args: string[]) {
  const lines: string[] = [];
  const code = await composeCommand(root, args, { log: (line) => lines.push(line), error: (line) => lines.push(line) });
  return { code, lines };
}

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'compose-'));
  write('packages/kit/schema/common.graphql', COMMON);
  for (const [name, sdl] of Object.entries(SUBGRAPHS)) write(`subgraphs/${name}/schema.graphql`, sdl);
  write('schema/CHANGELOG.md', '# Changes\n');
  await run();
  git('init', '--quiet');
  git('add', '.');
  git('commit', '--quiet', '--message', 'first');
});
afterEach(() => rmSync(root, { recursive: true }));

describe('npm run schema', () => {
  test('finds the committed supergraph fresh when nothing changed', async () => {
    expect(await run('--check')).toEqual({ code: 0, lines: ['schema/supergraph.graphql is fresh.'] });
  });

  test('finds drift, tells the change, and writes nothing while checking', async () => {
    const before = readFileSync(join(root, 'schema/supergraph.graphql'), 'utf8');
    write('subgraphs/orders/schema.graphql', 'type Query { order: Int cart: Int }');
    expect(await run('--check')).toEqual({
      code: 1,
      lines: [
        "safe: Query.cart: Field 'cart' was added to object type 'Query'",
        'schema/supergraph.graphql is not what the subgraphs compose to: run npm run schema and commit it.',
      ],
    });
    expect(readFileSync(join(root, 'schema/supergraph.graphql'), 'utf8')).toBe(before);
    expect((await run()).code).toBe(0);
    expect((await run('--check')).code).toBe(0);
  });

  test('refuses a breaking change until the changelog names its coordinate', async () => {
    write('subgraphs/products/schema.graphql', SUBGRAPHS['products']!.replace('title: String!', 'name: String!'));
    await run();
    const refused = await run('--check');
    expect(refused.code).toBe(1);
    expect(refused.lines).toContainEqual(expect.stringMatching(/^breaking: Product\.title: /));
    expect(refused.lines).toContainEqual(
      expect.stringMatching(/^schema\/CHANGELOG\.md does not name Product\.title: /),
    );

    write('schema/CHANGELOG.md', '# Changes\n- `Product.titles` and `OldProduct.title` are something else.\n');
    expect((await run('--check')).code).toBe(1);
    write('schema/CHANGELOG.md', '# Changes\n- `Product.title` became `Product.name`.\n');
    expect((await run('--check')).code).toBe(0);
  });

  test('writes the contract of partners beside the supergraph, and takes it away again with the last tag', async () => {
    const contract = join(root, 'schema/contracts/partner.graphql');
    expect(existsSync(contract)).toBe(false);
    write('packages/kit/schema/common.graphql', COMMON.replace('"@key"', '"@key", "@tag"'));
    write('subgraphs/orders/schema.graphql', 'type Query { order: Int @tag(name: "partner") }');
    expect((await run()).code).toBe(0);
    expect(readFileSync(contract, 'utf8')).toMatch(/^# Generated .*\n(?:.*\n)*type Query \{\n {2}order: Int\n\}\n/);

    writeFileSync(contract, 'type Query { order: Int me: Int }');
    expect(await run('--check')).toEqual({
      code: 1,
      lines: [
        'schema/contracts/partner.graphql is not what the subgraphs compose to: run npm run schema and commit it.',
      ],
    });
    write('subgraphs/orders/schema.graphql', 'type Query { order: Int }');
    expect((await run()).code).toBe(0);
    expect(existsSync(contract)).toBe(false);
  });

  test('says in one line what a contract shows and cannot show alone', async () => {
    write('packages/kit/schema/common.graphql', COMMON.replace('"@key"', '"@key", "@tag"'));
    write(
      'subgraphs/products/schema.graphql',
      SUBGRAPHS['products']!.replace('Product }', 'Product @tag(name: "partner") }'),
    );
    expect(await run()).toEqual({
      code: 1,
      lines: ['error: CONTRACT Query.product is in the contract and needs Product, of which nothing is.'],
    });
  });

  test('writes the policy table into the supergraph', () => {
    const lines = readFileSync(join(root, 'schema/supergraph.graphql'), 'utf8').split('\n');
    const scopes = lines.flatMap(
      (line) => /^ {2}(\w+).*@requiresScopes\(scopes: (.*)\)$/.exec(line)?.slice(1, 3) ?? [],
    );
    expect(scopes).toEqual([
      'me',
      '[["catalogue:read"]]',
      'order',
      '[["carts:write"]]',
      'product',
      '[["catalogue:read"]]',
    ]);
  });

  test('compares with a file instead of the last commit', async () => {
    const earlier = join(root, 'earlier.graphql');
    writeFileSync(earlier, readFileSync(join(root, 'schema/supergraph.graphql')));
    write('subgraphs/customers/schema.graphql', 'type Query { you: Int }');
    await run();
    git('commit', '--all', '--quiet', '--message', 'second');
    expect((await run('--check')).code).toBe(0);
    expect((await run('--check', '--against', earlier)).lines).toContainEqual(
      expect.stringMatching(/does not name Query\.me:/),
    );
  });

  test('says in one line what is wrong, and leaves the file alone', async () => {
    const before = readFileSync(join(root, 'schema/supergraph.graphql'), 'utf8');
    write('subgraphs/stock/schema.graphql', 'type Product @key(fields: "id") { id: ID! price: Int }');
    const { code, lines } = await run();
    expect(code).toBe(1);
    expect(lines).toEqual([expect.stringMatching(/^error: INVALID_FIELD_SHARING \[prices, stock\] Product\.price /)]);
    expect(readFileSync(join(root, 'schema/supergraph.graphql'), 'utf8')).toBe(before);
  });

  test('does not guess at options', async () => {
    expect((await run('--chekc')).code).toBe(1);
    expect(await run('--against', join(root, 'none.graphql'))).toEqual({
      code: 1,
      lines: [expect.stringContaining('There is no file')],
    });
  });
});
