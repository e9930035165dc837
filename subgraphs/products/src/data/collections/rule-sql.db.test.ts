import { inTransaction, type Database } from '@kontor/kit/src/database.ts';
import { createTestDatabase, type TestDatabase } from '@kontor/testkit/src/database.ts';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { CollectionRule, RuleCondition } from '../../domain/collections/collection-rule.ts';
import { readRule } from '../../domain/collections/read-rule.ts';
import { foldText } from '../../domain/text.ts';
import { refreshSearch } from '../search/refresh.ts';
import { writeOffers } from '../search/offers.ts';
import { findMembershipChanges } from './memberships.ts';

/** A small catalogue in which everything has a chance to match. */
interface Fact {
  readonly vendor: string | null;
  readonly productType: string | null;
  readonly tags: string[];
  readonly title: string;
  readonly attributes: Record<string, unknown>;
  readonly variants: Record<string, unknown>[];
  /** Indexes of the categories that it is filed under. */
  readonly categories: number[];
  readonly ageHours: number;
  /** Whether the channel can sell it, and its lowest and highest price. */
  readonly offers: { readonly web?: boolean; readonly 'web/EUR'?: [number, number] };
}

/** A tree: the parent of each category. */
const PARENTS = [null, 0, 1, 0, null] as const;
const categoryId = (index: number) => `00000000-0000-7000-8000-00000000c0${String(index).padStart(2, '0')}`;
const productId = (index: number) => `00000000-0000-7000-8000-0000000000${String(index).padStart(2, '0')}`;
const collectionId = (index: number) => `00000000-0000-7000-8000-00000000a0${String(index).padStart(2, '0')}`;

function withAbove(categories: readonly number[]): Set<number> {
  const all = new Set<number>();
  for (const each of categories) for (let at: number | null = each; at !== null; at = PARENTS[at] ?? null) all.add(at);
  return all;
}

/** The values of an attribute, in all languages and of all variants. */
function valuesOf({ attributes, variants }: Fact, code: string): unknown[] {
  const flat = (kept: unknown): unknown[] => {
    if (kept === undefined) return [];
    if (Array.isArray(kept)) return kept;
    return typeof kept === 'object' && kept !== null ? Object.values(kept).flat() : [kept];
  };
  return [attributes, ...variants].flatMap((each) => flat(Object.hasOwn(each, code) ? each[code] : undefined));
}

const isText = (value: unknown): value is string => typeof value === 'string';

function compares(relation: 'GREATER' | 'LESS', left: number | string, right: number | string): boolean {
  return relation === 'GREATER' ? left > right : left < right;
}

function holdsOfText(text: string | null, { relation, values }: RuleCondition): boolean {
  if (text === null) return false;
  return relation === 'CONTAINS' ? values.some((value) => text.includes(value)) : values.includes(text);
}

function holdsOfAttribute(value: unknown, { relation, values }: RuleCondition): boolean {
  const [first = ''] = values;
  const isDate = /^\d{4}-\d\d-\d\d$/;
  if (relation === 'CONTAINS') return isText(value) && values.some((each) => value.includes(each));
  if (relation === 'GREATER' || relation === 'LESS') {
    if (isDate.test(first)) return isText(value) && isDate.test(value) && compares(relation, value, first);
    return typeof value === 'number' && compares(relation, value, Number(first));
  }
  if (typeof value === 'number') return values.some((each) => /^-?\d+(\.\d+)?$/.test(each) && Number(each) === value);
  return values.includes(String(value));
}

function holds(condition: RuleCondition, fact: Fact): boolean {
  if (condition.relation === 'IS_NOT') return !holds({ ...condition, relation: 'IS' }, fact);
  const { field, attribute = '', values } = condition;
  const [first = ''] = values;
  switch (field) {
    case 'VENDOR':
      return holdsOfText(fact.vendor, condition);
    case 'PRODUCT_TYPE':
      return holdsOfText(fact.productType, condition);
    case 'TITLE':
      return holdsOfText(foldText(fact.title), { ...condition, values: values.map(foldText) });
    case 'TAG':
      return values.some((value) => fact.tags.includes(value));
    case 'CATEGORY':
      return [...withAbove(fact.categories)].some((each) => values.includes(categoryId(each)));
    case 'ATTRIBUTE':
      return valuesOf(fact, attribute).some((value) => holdsOfAttribute(value, condition));
    case 'CREATED_WITHIN_DAYS':
      return fact.ageHours < Number(first) * 24;
    case 'SELLABLE':
      return attribute === 'web' && fact.offers.web === true;
    case 'PRICE': {
      const prices = attribute === 'web/EUR' ? fact.offers['web/EUR'] : undefined;
      return (
        prices !== undefined &&
        compares(condition.relation === 'GREATER' ? 'GREATER' : 'LESS', prices[0], Number(first))
      );
    }
  }
}

const matches = ({ match, conditions }: CollectionRule, fact: Fact): boolean =>
  match === 'ALL' ? conditions.every((each) => holds(each, fact)) : conditions.some((each) => holds(each, fact));

// Words that contain each other, that need quoting, and that differ in case and accents alone.
const word = fc.constantFrom(
  'a',
  'A',
  'ab',
  'Ä',
  'a"b',
  "a'b",
  'a\\b',
  '{a}',
  '%',
  '1',
  '1.50',
  'true',
  '2026-01-31',
  '__proto__',
);
const scalar = fc.oneof(
  word,
  fc.integer({ min: -3, max: 3 }),
  fc.constantFrom(0.1, 1.5, -2.25),
  fc.boolean(),
  fc.constantFrom('2025-12-31', '2026-02-01'),
);
const kept = fc.oneof(
  scalar,
  fc.array(scalar, { maxLength: 3 }),
  fc.record({ '': scalar, de: fc.oneof(scalar, fc.array(scalar, { maxLength: 2 })) }),
);
const code = fc.constantFrom('colour', 'weight', '__proto__', 'a"b');
const attributes = fc
  .array(fc.tuple(code, kept), { maxLength: 3 })
  .map((entries): Record<string, unknown> => Object.fromEntries(entries));
const facts = fc.record<Fact>({
  vendor: fc.option(word),
  productType: fc.option(word),
  tags: fc.uniqueArray(word, { maxLength: 3 }),
  title: word,
  attributes,
  variants: fc.array(attributes, { maxLength: 2 }),
  categories: fc.uniqueArray(fc.integer({ min: 0, max: 4 }), { maxLength: 2 }),
  // Away from the bounds of days, as the database's clock runs on.
  ageHours: fc.integer({ min: 0, max: 95 }).map((hours) => hours + 0.5),
  offers: fc.record(
    {
      web: fc.constant(true),
      'web/EUR': fc.integer({ min: 1, max: 9 }).map((minor): [number, number] => [minor, minor + 2]),
    },
    { requiredKeys: [] },
  ),
});
const values = fc.uniqueArray(word, { minLength: 1, maxLength: 3 });
const single = fc.constantFrom('0', '1.5', '-2.25', '2026-01-31', '2025-12-31');
const conditions = fc.oneof(
  fc.record({
    field: fc.constantFrom('VENDOR' as const, 'PRODUCT_TYPE' as const, 'TITLE' as const),
    relation: fc.constantFrom('IS' as const, 'IS_NOT' as const, 'CONTAINS' as const),
    values,
  }),
  fc.record({
    field: fc.constant('TAG' as const),
    relation: fc.constantFrom('IS' as const, 'IS_NOT' as const),
    values,
  }),
  fc.record({
    field: fc.constant('CATEGORY' as const),
    relation: fc.constantFrom('IS' as const, 'IS_NOT' as const),
    values: fc.uniqueArray(fc.integer({ min: 0, max: 4 }).map(categoryId), { minLength: 1, maxLength: 2 }),
  }),
  fc.record({
    field: fc.constant('ATTRIBUTE' as const),
    attribute: code,
    relation: fc.constantFrom('IS' as const, 'IS_NOT' as const, 'CONTAINS' as const),
    values: fc.uniqueArray(fc.oneof(word, fc.constantFrom('0.1', '-2.25', '2', 'false')), {
      minLength: 1,
      maxLength: 3,
    }),
  }),
  fc.record({
    field: fc.constant('ATTRIBUTE' as const),
    attribute: code,
    relation: fc.constantFrom('GREATER' as const, 'LESS' as const),
    values: single.map((value) => [value]),
  }),
  fc.record({
    field: fc.constant('CREATED_WITHIN_DAYS' as const),
    relation: fc.constantFrom('IS' as const, 'IS_NOT' as const),
    values: fc.integer({ min: 1, max: 4 }).map((days) => [String(days)]),
  }),
  fc.record({
    field: fc.constant('PRICE' as const),
    attribute: fc.constantFrom('web/EUR', 'pos/EUR'),
    relation: fc.constantFrom('GREATER' as const, 'LESS' as const),
    values: fc.integer({ min: 0, max: 9 }).map((minor) => [String(minor)]),
  }),
  fc.record({
    field: fc.constant('SELLABLE' as const),
    attribute: fc.constantFrom('web', 'pos'),
    relation: fc.constantFrom('IS' as const, 'IS_NOT' as const),
    values: fc.constant(['true']),
  }),
);
const rules = fc
  .record({
    match: fc.constantFrom('ALL' as const, 'ANY' as const),
    conditions: fc.array(conditions, { minLength: 1, maxLength: 4 }),
  })
  .map((input) => {
    const read = readRule(input);
    if ('fault' in read) throw new Error(`${JSON.stringify(input)}: ${read.fault.message}`);
    return read.rule;
  });

let test: TestDatabase;
let db: Database;

beforeAll(async () => {
  test = await createTestDatabase(['products']);
  db = test.open('products');
  for (const [index, parent] of PARENTS.entries())
    await db.sql`insert into products.categories (category_id, parent_id, handle, name, position, version, updated_at)
      values (${categoryId(index)}, ${parent === null ? null : categoryId(parent)}, ${`c${index}`}, 'C', ${index}, 1, products.app_now())`;
});
afterAll(() => test.drop());

async function write(catalogue: readonly Fact[]): Promise<void> {
  const rows = JSON.stringify(
    catalogue.map(({ ageHours, title, categories, ...fact }, index) => ({
      ...fact,
      productId: productId(index),
      title,
      titleKey: foldText(title),
      ageSeconds: ageHours * 3_600,
      categories: categories.map(categoryId),
    })),
  );
  await db.sql.begin(async (sql) => {
    await sql`delete from products.products`;
    await sql`
      insert into products.products (product_id, handle, title, title_key, description_html, vendor, product_type, tags, option_names, attributes, version, created_at, updated_at)
      select r."productId", r."productId"::text, r.title, r."titleKey", '', r.vendor, r."productType", r.tags, '{}', r.attributes, 1, products.app_now() - make_interval(secs => r."ageSeconds"), products.app_now()
      from jsonb_to_recordset(${rows}::jsonb) as r("productId" uuid, title text, "titleKey" text, vendor text, "productType" text, tags text[], attributes jsonb, "ageSeconds" float8)`;
    await sql`
      insert into products.variants (variant_id, product_id, position, option_values, attributes)
      select gen_random_uuid(), r."productId", v.place, array[v.place::text], v.attributes
      from jsonb_to_recordset(${rows}::jsonb) as r("productId" uuid, variants jsonb) cross join lateral jsonb_array_elements(r.variants) with ordinality as v(attributes, place)`;
    await sql`
      insert into products.product_categories (product_id, category_id, position)
      select r."productId", c.id::uuid, c.place from jsonb_to_recordset(${rows}::jsonb) as r("productId" uuid, categories jsonb)
      cross join lateral jsonb_array_elements_text(r.categories) with ordinality as c(id, place)`;
  });
  await inTransaction(db, async (tx) => {
    await refreshSearch(
      tx,
      catalogue.map((_, index) => productId(index)),
    );
    await writeOffers(
      tx,
      'web',
      catalogue.map(({ offers }, index) => {
        const [minMinor, maxMinor] = offers['web/EUR'] ?? [];
        const prices =
          minMinor === undefined || maxMinor === undefined ? [] : [{ currency: 'EUR', minMinor, maxMinor }];
        return { productId: productId(index), isSellable: offers.web ?? false, prices };
      }),
    );
  });
}

it('decides as a plain evaluator does, for any products and any rules', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(facts, { minLength: 1, maxLength: 20 }),
      fc.array(rules, { minLength: 1, maxLength: 20 }),
      async (catalogue, asked) => {
        await write(catalogue);
        const collections = asked.map((rule, index) => ({ collectionId: collectionId(index), rule }));
        const ids = catalogue.map((_, index) => productId(index));
        const changes = await inTransaction(db, (tx) => findMembershipChanges(tx, collections, ids));
        const expected = asked.flatMap((rule, at) =>
          catalogue.flatMap((fact, index) => (matches(rule, fact) ? [`${collectionId(at)} ${productId(index)}`] : [])),
        );
        expect(changes.map((each) => `${each.collectionId} ${each.productId}`).toSorted()).toEqual(expected.toSorted());
        expect(changes.every(({ position }) => position !== null && position < 0)).toBe(true);
      },
    ),
    { seed: 20_260_501, numRuns: 60 },
  );
}, 60_000);

it('asks as many rules as there can be, of a whole batch, in one statement', async () => {
  const [fact] = fc.sample(facts, { numRuns: 1, seed: 7 }) as [Fact];
  await write(Array.from({ length: 99 }, () => fact));
  const asked = fc.sample(rules, { numRuns: 90, seed: 8 });
  const collections = asked.map((rule, index) => ({ collectionId: collectionId(index), rule }));
  const ids = Array.from({ length: 99 }, (_, index) => productId(index));
  const changes = await inTransaction(db, (tx) => findMembershipChanges(tx, collections, ids));
  expect(changes).toHaveLength(99 * asked.filter((rule) => matches(rule, fact)).length);
});
