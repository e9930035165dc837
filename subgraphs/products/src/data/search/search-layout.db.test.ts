import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrate } from '@kontor/kit/src/database.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { createTestDatabase, migrationsOf, type TestDatabase } from '@kontor/testkit/src/database.ts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { fillSearch } from '../../search-worker.ts';

const BEFORE = 8;

let folder: string;
let test: TestDatabase;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kontor-migrations-'));
  await cp(migrationsOf('products'), folder, { recursive: true });
  const journal = join(folder, 'meta', '_journal.json');
  const { entries, ...rest } = JSON.parse(await readFile(journal, 'utf8')) as { entries: unknown[] };
  await writeFile(journal, JSON.stringify({ ...rest, entries: entries.slice(0, BEFORE) }));
  test = await createTestDatabase(['products'], () => folder);
});
afterAll(async () => {
  await test.drop();
  await rm(folder, { recursive: true, force: true });
});

it('takes offers along when documents are laid out anew, and has names of options told that nobody kept before', async () => {
  const { sql } = test.open('products');
  const [sold, unsold] = [newId(), newId()];
  await sql`insert into products.channels (code, version, name, currencies, countries, locales, location_ids, updated_at)
    values ('web', 1, 'Web', '{EUR}', '{DE}', '{de}', '{}', now())`;
  await sql`
    insert into products.products (product_id, handle, title, title_key, description_html, tags, option_names, option_words, version, created_at, updated_at) values
      (${sold}, 'cup', 'Cup', 'cup', '', '{}', '{Size}', '{"de": {"S": "klein"}}', 1, now(), now()), (${unsold}, 'jug', 'Jug', 'jug', '', '{}', '{}', '{}', 1, now(), now())`;
  await sql`insert into products.variants (variant_id, product_id, position, option_values, requires_shipping) values (${newId()}, ${sold}, 0, '{S}', true)`;
  await sql`insert into products.search_values (facet, attribute, value) values ('OPTION', 'Size', 'S')`;
  // All documents were made for the languages that channels speak.
  await sql`update products.search_profile set profile = 'de!'`;
  const offers = { web: true, 'web/EUR': [1_999, 2_999], 'web/CHF': [100, 100_000_000_000] };
  await sql`
    insert into products.search_documents (product_id, language, channel_code, title_key, popularity, offers, facets, marks, vector) values
      (${sold}, '', '', 'cup', 7, ${JSON.stringify(offers)}::text::jsonb, 'oā', '@:1 %1', '@ %1 cup =cup'), (${unsold}, '', '', 'jug', 0, '{"web/EUR": [5, 5]}', '', '@ %1', '@ %1 jug =jug')`;

  await migrate(test.urls['products']!, 'products', migrationsOf('products'));
  const told = () => sql`
    select d.title_key as title, d.popularity, d.offers[products.search_offer_slot('web', '')]::int as sellable, s.currency, d.offers[s.slot]::float8 as lowest, d.offers[s.slot + 1]::float8 as highest
    from products.search_documents d cross join products.search_offer_slots s where s.currency <> '' order by d.title_key, s.currency`;
  const expected = [
    { title: 'cup', popularity: 7, sellable: 1, currency: 'CHF', lowest: 100, highest: 100_000_000_000 },
    { title: 'cup', popularity: 7, sellable: 1, currency: 'EUR', lowest: 1_999, highest: 2_999 },
    { title: 'jug', popularity: 0, sellable: null, currency: 'CHF', lowest: null, highest: null },
    { title: 'jug', popularity: 0, sellable: null, currency: 'EUR', lowest: 5, highest: 5 },
  ];
  expect([...(await told())]).toEqual(expected);
  expect([...(await sql`select title_key as title from products.search_documents where vector @@ '=cup'`)]).toEqual([
    { title: 'cup' },
  ]);

  const db = test.open('products');
  while (await fillSearch(db));
  expect([...(await sql`select value, labels from products.search_values`)]).toEqual([
    { value: 'S', labels: { de: 'klein' } },
  ]);
  expect([...(await told())]).toEqual(expected);
});
