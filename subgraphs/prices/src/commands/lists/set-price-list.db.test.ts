import { inTransaction, type Database } from '@kontor/kit/src/database.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { eventually } from '@kontor/testkit/src/eventually.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { findPriceList } from '../../data/lists/find-lists.ts';
import { lockPriceList } from '../../data/lists/lock-lists.ts';
import { writePrices } from '../../data/lists/write-prices.ts';
import type { PriceList, PriceRounding, Span } from '../../domain/lists/price-list.ts';
import {
  changedPrices,
  derivedDraft,
  listDraft,
  priceChange,
  recordedChanges,
  savedList,
  toldPrices,
} from '../../testing/list-drafts.ts';
import { openPrices, type OpenPrices } from '../../testing/open-prices.ts';
import { announcePrices } from '../announce/announce-prices.ts';
import { setPriceList, type SetPriceList } from './set-price-list.ts';

let prices: OpenPrices;
let db: Database;
/** Another process. */
let rival: Database;

beforeAll(async () => {
  prices = await openPrices();
  ({ db } = prices);
  rival = prices.open();
});
afterAll(() => prices.testDb.drop());
beforeEach(() => prices.clear());

const gold = (more: Partial<SetPriceList> = {}) => listDraft('gold', { scope: 'GROUP', subject: 'gold', ...more });
const list = async (code: string): Promise<PriceList> => (await findPriceList(db.orm, code))!;
const day = (from: string | null, until: string | null): Span => ({
  from: from === null ? null : new Date(`${from}T00:00:00Z`),
  until: until === null ? null : new Date(`${until}T00:00:00Z`),
});
/** What a list derives from, nearest first, by code; itself before. */
const chain = async (code: string): Promise<string[]> => {
  const [row] = await db.sql<{ codes: string[] }[]>`
    select array_agg(m.code order by c.place) as codes from prices.price_lists l, unnest(l.chain) with ordinality as c(id, place)
    join prices.price_lists m on m.price_list_id = c.id where l.code = ${code}`;
  return row!.codes;
};
/** Chains that a list had before, and whether each state ended where the next began. */
const states = async (id: string) => [
  ...(await db.sql`
    select (state ->> 'version')::int as version, jsonb_array_length(state -> 'chain') as depth, state ->> 'name' as name,
      upper(held) = coalesce(lead(lower(held)) over (order by lower(held)),
        (select updated_at from prices.price_lists where price_list_id = ${id})) as adjoins
    from prices.state_history where kind = 'LIST' and key = ${id} order by lower(held)`),
];

describe('setPriceList', () => {
  test('makes a list once, changes it, and leaves it alone when it is as asked for', async () => {
    const draft = gold({ channel: 'web', validity: day('2030-01-01', null) });
    const made = await savedList(db, draft);
    expect(made).toMatchObject({
      ...{
        code: 'gold',
        name: 'gold',
        scope: 'GROUP',
        subject: 'gold',
        channel: 'web',
        currency: 'EUR',
        taxIncluded: true,
      },
      ...{ version: 1, revision: 1, validity: draft.validity, derivation: null },
    });
    expect(made.activity).toMatchObject({ until: null });
    expect(await savedList(db, draft)).toEqual(made);
    const changed = await savedList(db, { ...draft, name: 'Gold', taxIncluded: false });
    expect(changed).toEqual({ ...made, name: 'Gold', taxIncluded: false, version: 2, revision: 2 });
    expect(await states(made.id)).toEqual([{ version: 1, depth: 1, name: 'gold', adjoins: true }]);
    // It holds no price.
    expect([await toldPrices(db), await recordedChanges(db)]).toEqual([[], []]);
  });

  test('takes the subject of a list by its scope, ids in one spelling', async () => {
    const id = newId();
    const subjectOf = async (code: string, more: Partial<SetPriceList>) =>
      (await savedList(db, listDraft(code, more))).subject;
    expect(await subjectOf('company', { scope: 'COMPANY', subject: id.toUpperCase() })).toBe(id);
    expect(await subjectOf('assigned', { scope: 'ASSIGNED' })).toBe('assigned');
    expect(await subjectOf('source', { scope: 'SOURCE' })).toBe('source');
    expect(await subjectOf('group', { scope: 'GROUP', subject: 'VIP' })).toBe('VIP');
  });

  test('takes the version that was read, and 0 for none', async () => {
    expect(await setPriceList(db, gold({ expectedVersion: 1 }))).toMatchObject({
      __typename: 'VersionConflict',
      currentVersion: 0,
    });
    await savedList(db, gold({ expectedVersion: 0 }));
    expect(await setPriceList(db, gold({ expectedVersion: 0 }))).toMatchObject({ currentVersion: 1 });
    expect(await savedList(db, gold({ expectedVersion: 1, name: 'Gold' }))).toMatchObject({ version: 2 });
    expect(await setPriceList(db, gold({ expectedVersion: 1, name: 'Silver' }))).toMatchObject({ currentVersion: 2 });
    const both = await Promise.all(
      [db, rival].map((each, index) => setPriceList(each, gold({ expectedVersion: 2, name: `${index}` }))),
    );
    expect(both.map(({ __typename }) => __typename).sort()).toEqual(['PriceListSaved', 'VersionConflict']);
  });

  test('tells all prices of a list that became one for others, before and after, and nothing of another name', async () => {
    const saved = await savedList(db, gold());
    const id = newId();
    await changedPrices(db, 'gold', [priceChange(id, 100)]);
    const told = (await toldPrices(db)).length;
    expect(await savedList(db, gold({ name: 'Gold' }))).toMatchObject({ version: 2, revision: 3 });
    expect([(await toldPrices(db)).length, await recordedChanges(db)]).toEqual([told, [[id]]]);
    await savedList(db, gold({ name: 'Gold', scope: 'SOURCE', subject: null }));
    expect((await toldPrices(db)).slice(told)).toEqual([
      {
        ...{ priceListId: saved.id, priceListCode: 'gold', revision: 4, variantIds: [id] },
        cacheTags: ['prices:gold', 'prices:base-eur'],
      },
    ]);
    expect(await recordedChanges(db)).toEqual([[id], [id]]);
    // A source that changes tells nobody.
    await savedList(db, gold({ name: 'Gold', scope: 'SOURCE', subject: null, validity: day('2030-01-01', null) }));
    expect(await recordedChanges(db)).toEqual([[id], [id]]);
  });

  test('makes one list when twenty make it at once', async () => {
    const made = await Promise.all(Array.from({ length: 20 }, (_, index) => savedList(index % 2 ? db : rival, gold())));
    expect(new Set(made.map(({ id }) => id)).size).toBe(1);
    expect(await list('gold')).toMatchObject({ revision: 1, version: 1 });
  });

  test('refuses another currency or tax mode once a list holds prices or others derive from it, and takes another audience', async () => {
    await savedList(db, gold());
    await savedList(db, derivedDraft('child', 'gold'));
    expect(await setPriceList(db, gold({ currency: 'USD' }))).toMatchObject({
      code: 'PRICE_LIST_IN_USE',
      path: ['input', 'currency'],
    });
    await savedList(db, listDraft('held', { scope: 'GROUP', subject: 'held' }));
    await changedPrices(db, 'held', [priceChange(newId(), 100)]);
    const held = listDraft('held', { scope: 'GROUP', subject: 'held' });
    expect(await setPriceList(db, { ...held, taxIncluded: false })).toMatchObject({
      code: 'PRICE_LIST_IN_USE',
      path: ['input', 'taxIncluded'],
    });
    expect(await savedList(db, { ...held, subject: 'others' })).toMatchObject({ subject: 'others', version: 2 });
  });
});

describe('the window of a list', () => {
  test('lies beside a list without dates, and over none with dates for the same buyers', async () => {
    await savedList(db, gold());
    await savedList(db, gold({ code: 'summer', validity: day('2030-06-01', '2030-09-01') }));
    expect(await setPriceList(db, gold({ code: 'july', validity: day('2030-07-01', '2030-08-01') }))).toMatchObject({
      __typename: 'InvalidInput',
      code: 'OVERLAPPING_WINDOW',
      message: expect.stringContaining('The list summer is in force') as string,
      path: ['input', 'validity'],
    });
    await savedList(db, gold({ code: 'autumn', validity: day('2030-09-01', null) }));
    expect(await setPriceList(db, gold({ code: 'autumn', validity: day(null, null) }))).toMatchObject({
      code: 'INVALID_WINDOW',
    });
    expect(await setPriceList(db, gold({ code: 'autumn', validity: day('2030-08-31', null) }))).toMatchObject({
      code: 'OVERLAPPING_WINDOW',
    });
    expect(await setPriceList(db, gold({ code: 'second' }))).toMatchObject({
      code: 'OVERLAPPING_WINDOW',
      message: expect.stringContaining('The list gold') as string,
    });
    // For others, elsewhere, in another currency or as a draft it may.
    await savedList(db, gold({ code: 'other-group', subject: 'silver' }));
    await savedList(db, gold({ code: 'other-channel', channel: 'web' }));
    await savedList(db, gold({ code: 'other-currency', currency: 'USD' }));
    await savedList(db, gold({ code: 'later', isDraft: true }));
  });

  test('is given to one of two that are set at once, and the other is told by name', async () => {
    for (let round = 0; round < 10; round += 1) {
      const draft = (code: string) => gold({ code: `${code}-${round}`, subject: `group-${round}` });
      const outcomes = await Promise.all([setPriceList(db, draft('one')), setPriceList(rival, draft('other'))]);
      const [saved] = outcomes.flatMap((outcome) =>
        outcome.__typename === 'PriceListSaved' ? [outcome.priceList.code] : [],
      );
      const refused = outcomes.filter(({ __typename }) => __typename === 'InvalidInput');
      expect(refused).toHaveLength(1);
      expect(refused).toMatchObject([
        { code: 'OVERLAPPING_WINDOW', message: expect.stringContaining(`The list ${saved} is in force`) as string },
      ]);
    }
  });
});

describe('a list that derives from another', () => {
  test('keeps how, and is as asked for when it is asked for again, however the input was made', async () => {
    const rounding = { mode: 'UP', stepMinor: 100, endingMinor: 99 } as const;
    const draft = derivedDraft('child', 'base-eur', { kind: 'AMOUNT', minor: -50 }, rounding);
    const made = await savedList(db, draft);
    const parentId = (await list('base-eur')).id;
    expect(made.derivation).toEqual({ parentId, adjustment: { kind: 'AMOUNT', minor: -50 }, rounding });
    const bare = Object.assign<object, PriceRounding>(Object.create(null) as object, rounding);
    expect(await savedList(db, { ...draft, derivation: { ...draft.derivation!, rounding: bare } })).toEqual(made);
    expect(await chain('child')).toEqual(['child', 'base-eur']);
  });

  test('tells what it prices as soon as it is made, unless it is a draft', async () => {
    const id = newId();
    await changedPrices(db, 'base-eur', [priceChange(id, 100)]);
    await savedList(db, { ...derivedDraft('draft', 'base-eur'), isDraft: true });
    await savedList(db, derivedDraft('child', 'base-eur'));
    expect((await toldPrices(db)).map(({ priceListCode, variantIds }) => [priceListCode, variantIds])).toEqual([
      ['base-eur', [id]],
      ['child', [id]],
    ]);
    expect(await recordedChanges(db)).toEqual([[id], [id]]);
  });

  test.each<[string, Partial<SetPriceList> & { code: string }, string]>([
    ['an unknown list', { ...derivedDraft('child', 'nowhere') }, 'UNKNOWN_LIST'],
    ['a list in another currency', { ...derivedDraft('child', 'base-eur'), currency: 'USD' }, 'OTHER_CURRENCY'],
    ['a list of the other tax mode', { ...derivedDraft('child', 'base-eur'), taxIncluded: false }, 'OTHER_TAX_MODE'],
    [
      'gross amounts as costs',
      derivedDraft('child', 'base-eur', { kind: 'MARGIN', basisPoints: 1, taxBasisPoints: 0, feeSchedule: 'market' }),
      'OTHER_TAX_MODE',
    ],
  ])('is refused when it derives from %s', async (_, { code, ...more }, fault) => {
    expect(await setPriceList(db, listDraft(code, more))).toMatchObject({ __typename: 'InvalidInput', code: fault });
    expect(await findPriceList(db.orm, code)).toBeNull();
  });

  test('keeps a margin of net costs by a schedule in its currency alone', async () => {
    await savedList(db, listDraft('costs', { scope: 'SOURCE', taxIncluded: false }));
    await prices.givenFees('market', [{ fromMinor: 0, basisPoints: 1_500, fixedMinor: 0, minimumMinor: 0 }]);
    await prices.givenFees('market-us', [{ fromMinor: 0, basisPoints: 1_500, fixedMinor: 0, minimumMinor: 0 }], 'USD');
    const draft = (feeSchedule: string) =>
      derivedDraft('market', 'costs', { kind: 'MARGIN', basisPoints: 2_000, taxBasisPoints: 1_900, feeSchedule });
    for (const unknown of ['nowhere', 'market-us', '\0'])
      expect(await setPriceList(db, draft(unknown))).toMatchObject({
        code: 'UNKNOWN_FEES',
        path: ['input', 'derivation', 'margin', 'feeScheduleCode'],
      });
    expect(await savedList(db, draft('market'))).toMatchObject({ taxIncluded: true });
  });

  test('takes those that derive from it along to another parent, which they count as a state, not as a version', async () => {
    for (const [code, parent] of [
      ['b', 'a'],
      ['c', 'b'],
      ['d', 'c'],
      ['e', 'b'],
      ['y', 'x'],
    ] as const) {
      if (code === 'b') for (const root of ['a', 'x']) await savedList(db, listDraft(root, { scope: 'SOURCE' }));
      await savedList(db, derivedDraft(code, parent));
    }
    const id = newId();
    await changedPrices(db, 'x', [priceChange(id, 100)]);
    const told = (await toldPrices(db)).length;
    await savedList(db, derivedDraft('b', 'y'));
    expect(await Promise.all(['b', 'c', 'd', 'e', 'y'].map(chain))).toEqual([
      ['b', 'y', 'x'],
      ['c', 'b', 'y', 'x'],
      ['d', 'c', 'b', 'y', 'x'],
      ['e', 'b', 'y', 'x'],
      ['y', 'x'],
    ]);
    const after = await list('d');
    expect(after).toMatchObject({ version: 1 });
    expect(await states(after.id)).toEqual([{ version: 1, depth: 4, name: 'd', adjoins: true }]);
    expect(await states((await list('b')).id)).toEqual([{ version: 1, depth: 2, name: 'b', adjoins: true }]);
    expect(await states((await list('y')).id)).toEqual([]);
    // What they price now is told for each of them.
    expect(
      (await toldPrices(db)).slice(told).map(({ priceListCode, variantIds }) => [priceListCode, variantIds]),
    ).toEqual([
      ['b', [id]],
      ['c', [id]],
      ['e', [id]],
      ['d', [id]],
    ]);
    // No parent any more: what it held before is told all the same.
    await savedList(db, { ...derivedDraft('b', 'y'), derivation: null });
    expect(await chain('d')).toEqual(['d', 'c', 'b']);
    expect((await recordedChanges(db)).at(-1)).toEqual([id]);
  });

  test('cannot derive from itself, from what derives from it, or through more than five others', async () => {
    await savedList(db, listDraft('l0', { scope: 'SOURCE' }));
    for (let depth = 1; depth <= 5; depth += 1) await savedList(db, derivedDraft(`l${depth}`, `l${depth - 1}`));
    const onto = (code: string, parent: string) => setPriceList(db, derivedDraft(code, parent));
    expect(await onto('l6', 'l5')).toMatchObject({ code: 'LIST_TOO_DEEP', path: ['input', 'derivation', 'from'] });
    for (const [code, parent] of [
      ['l0', 'l5'],
      ['l2', 'l4'],
      ['l3', 'l3'],
    ] as const)
      expect(await onto(code, parent)).toMatchObject({ code: 'CYCLIC_LIST', path: ['input', 'derivation', 'from'] });
    // The list would be near enough, but one that derives from it would not.
    await savedList(db, derivedDraft('m1', 'l0'));
    await savedList(db, derivedDraft('m2', 'm1'));
    expect(await onto('m1', 'l4')).toMatchObject({
      code: 'LIST_TOO_DEEP',
      message: expect.stringContaining('The list m2') as string,
    });
    expect(await chain('m2')).toEqual(['m2', 'm1', 'l0']);
    expect(await list('m1')).toMatchObject({ version: 1 });
  });

  test('makes no cycle when two would, each with the other, at once', async () => {
    for (let round = 0; round < 10; round += 1) {
      const [one, other] = [`one-${round}`, `other-${round}`];
      for (const code of [one, other]) await savedList(db, listDraft(code, { scope: 'GROUP', subject: code }));
      const outcomes = await Promise.all([
        setPriceList(db, derivedDraft(one, other)),
        setPriceList(rival, derivedDraft(other, one)),
      ]);
      expect(outcomes.map((outcome) => ('code' in outcome ? outcome.code : 'saved')).sort()).toEqual([
        'CYCLIC_LIST',
        'saved',
      ]);
    }
  });

  test('waits for whoever writes prices of its new parent, and is told with them', async () => {
    for (const code of ['p', 'q']) await savedList(db, listDraft(code, { scope: 'SOURCE' }));
    await savedList(db, derivedDraft('child', 'p'));
    const id = newId();
    const moved = Promise.withResolvers<PriceList>();
    await inTransaction(db, async (tx) => {
      const parent = (await lockPriceList(tx, 'q'))!;
      await writePrices(tx, parent.id, [priceChange(id, 100)]);
      savedList(rival, derivedDraft('child', 'q')).then(moved.resolve, moved.reject);
      await eventually(async () =>
        expect(
          await db.sql`
            select 1 from pg_locks where locktype = 'advisory' and not granted
              and database = (select oid from pg_database where datname = current_database())`,
        ).toHaveLength(1),
      );
      await announcePrices(tx, parent, [id]);
    });
    await moved.promise;
    expect((await toldPrices(db)).map(({ priceListCode, variantIds }) => [priceListCode, variantIds])).toEqual([
      ['child', [id]],
    ]);
  });

  test('is told with every change of a parent that it got while the prices of that parent were written', async () => {
    await savedList(db, listDraft('p', { scope: 'SOURCE' }));
    await savedList(db, listDraft('q', { scope: 'SOURCE' }));
    const child = await savedList(db, derivedDraft('child', 'p'));
    const ids = Array.from({ length: 40 }, newId);
    await Promise.all([
      ...ids.map((id, index) => changedPrices(index % 2 ? db : rival, 'q', [priceChange(id, 100)])),
      ...Array.from({ length: 10 }, (_, index) =>
        savedList(rival, { ...derivedDraft('child', index % 2 ? 'p' : 'q') }),
      ),
      savedList(rival, derivedDraft('grandchild', 'child')),
    ]);
    await savedList(rival, derivedDraft('child', 'q'));
    const told = (await toldPrices(db)).filter(({ priceListId }) => priceListId === child.id);
    // Written before it came, they are told with its coming; written after, with the writing.
    expect([...new Set(told.flatMap(({ variantIds }) => variantIds))].sort()).toEqual([...ids].sort());
    const revisions = told.map(({ revision }) => revision);
    expect(revisions).toEqual(revisions.toSorted((a, b) => a - b));
    expect(await chain('grandchild')).toEqual(['grandchild', 'child', 'q']);
  });
});
