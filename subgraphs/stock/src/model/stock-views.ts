import { findAvailability } from '../data/levels.ts';
import { numberOf, type RealStock } from './real-stock.ts';
import type { Level, ModelTransfer, OpenLine, StockModel } from './stock-model.ts';
import { sellable } from './stock-offers.ts';

/** Everything that can be known of a stock, in a form in which the model's and the real one can be compared. */
export interface StockView {
  /** Levels with units, as `item location`. */
  readonly levels: Readonly<Record<string, Readonly<Level>>>;
  /** What the ledger sums up to, likewise. */
  readonly ledger: Readonly<Record<string, Readonly<Level>>>;
  readonly reservations: Readonly<Record<string, { status: string; planIndex: number; lines: string[] }>>;
  /** Versions of items in the ledger, which must be gapless. */
  readonly versions: Readonly<Record<string, readonly number[]>>;
  /** What channels are shown, as `channel thing`. */
  readonly sellable: Readonly<Record<string, number>>;
  /** What the last event of each item told, as `channel item`. */
  readonly told: Readonly<Record<string, number>>;
  /** Versions that events told of each item, without the configuration's part. */
  readonly toldVersions: Readonly<Record<string, readonly number[]>>;
  /** Units sold ahead per item, where there are some. */
  readonly soldAhead: Readonly<Record<string, number>>;
  /** What channels took of the pools of policies, as `channel item`, where they took some. */
  readonly usage: Readonly<Record<string, { policy: number; consumed: number }>>;
  readonly transfers: Readonly<Record<string, { status: string; lines: string[] }>>;
  /** How many differences there are between what is kept and what it follows from. */
  readonly differences: number;
}

const withUnits = (level: Readonly<Level>) => Object.values(level).some((units) => units !== 0);
const sorted = <Value>(entries: readonly (readonly [string, Value])[]): Record<string, Value> =>
  Object.fromEntries([...entries].sort(([a], [b]) => (a < b ? -1 : 1)));
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

/** What the model says there is to see. */
export function viewOfModel(model: StockModel): StockView {
  const levels = sorted([...model.levels].filter(([, level]) => withUnits(level)));
  const versions = sorted([...model.versions].map(([item, version]) => [String(item), upTo(version)] as const));
  const things = upTo(model.itemCount + model.bundles.length).map((each) => each - 1);
  return {
    levels,
    ledger: levels,
    reservations: sorted(
      [...model.reservations].map(([key, { status, planIndex, lines }]) => [
        String(key),
        { status, planIndex, lines: lines.map(lineText).sort() },
      ]),
    ),
    versions,
    sellable: sorted(
      model.places.flatMap((_, channel) =>
        things.map((thing) => [`${channel} ${thing}`, sellable(model, channel, thing)] as const),
      ),
    ),
    told: sorted([...model.told]),
    toldVersions: versions,
    soldAhead: sorted(
      [...model.selling].flatMap(([item, { soldAhead }]) =>
        soldAhead > 0 ? [[String(item), soldAhead] as const] : [],
      ),
    ),
    usage: sorted([...model.usage].filter(([, { consumed }]) => consumed > 0)),
    transfers: sorted(
      [...model.transfers.entries()].map(([number, { isClosed, lines }]) => [
        String(number),
        { status: isClosed ? 'CLOSED' : 'IN_TRANSIT', lines: lines.map(transferText) },
      ]),
    ),
    differences: 0,
  };
}

/** A line of a transfer in words. */
export const transferText = ({ item, quantity, received, lost }: ModelTransfer['lines'][number]): string =>
  `${quantity} x ${item}, ${received} arrived, ${lost} lost`;

/** A line of a reservation in words. */
export const lineText = ({ item, location, quantity, shorted, shipped, waiting }: Omit<OpenLine, 'policy'>): string =>
  `${quantity} x ${item} at ${location}, ${shorted} lost, ${shipped} shipped, ${waiting} waiting`;

interface Row {
  readonly levels: (Level & { v: string; l: string })[] | null;
  readonly ledger: (Level & { v: string; l: string })[] | null;
  readonly reservations:
    | {
        key: string;
        status: string;
        plan: number;
        lines: { v: string; l: string; n: number; lost: number; gone: number; ahead: number }[];
      }[]
    | null;
  readonly versions: { v: string; versions: number[] }[] | null;
  readonly sold: { v: string; n: number }[] | null;
  readonly usage: { v: string; c: string; policy: string; n: number }[] | null;
  readonly transfers:
    { id: string; status: string; lines: { v: string; n: number; came: number; lost: number }[] }[] | null;
  readonly differences: number;
  readonly events: { v: string; version: number; sellable: Record<string, number> }[] | null;
}

const STATES = ['available', 'reserved', 'committed', 'safety', 'damaged', 'inspection', 'incoming'] as const;

/** What the real stock shows, with the versions that clients are told of things, by number. */
export interface RealView extends StockView {
  readonly clientVersions: Readonly<Record<string, number>>;
}

/** What the real stock shows: its tables read in one statement, and what channels are shown as they read it. */
export async function viewOfReal(real: RealStock, itemCount: number): Promise<RealView> {
  const { db, names } = real;
  const items = names.things.slice(0, itemCount);
  const state = (name: (typeof STATES)[number]) =>
    db.sql`coalesce(sum(case when to_state = ${name.toUpperCase()} then quantity when from_state = ${name.toUpperCase()} then -quantity end), 0)::int as ${db.sql(name)}`;
  const [row] = await db.sql<Row[]>`
    with mine as (select unnest(${[...items]}::uuid[]) as id), log as (
      select seq, payload -> 'variants' as variants, max((payload ->> 'revision')::int) over (order by seq) as revision
      from stock.outbox where topic in ('stock.availability.changed', 'stock.configuration.changed')
    ), told as (
      select o.seq, each ->> 'variantId' as v, (each ->> 'version')::int - coalesce(o.revision, 0) as version, each -> 'sellable' as sellable
      from log o cross join jsonb_array_elements(o.variants) as each where (each ->> 'variantId')::uuid = any(${[...items]}::uuid[])
    )
    select
      (select jsonb_agg(jsonb_build_object('v', variant_id, 'l', location_id, 'available', available, 'reserved', reserved, 'committed', committed,
        'safety', safety, 'damaged', damaged, 'inspection', inspection, 'incoming', incoming)) from stock.levels where variant_id in (select id from mine)) as levels,
      (select jsonb_agg(s) from (select variant_id as v, location_id as l, ${state('available')}, ${state('reserved')}, ${state('committed')},
        ${state('safety')}, ${state('damaged')}, ${state('inspection')}, ${state('incoming')}
        from stock.movements where variant_id in (select id from mine) group by 1, 2) as s) as ledger,
      (select jsonb_agg(jsonb_build_object('key', r.key, 'status', r.status, 'plan', r.plan_index, 'lines', coalesce((
        select jsonb_agg(jsonb_build_object('v', l.variant_id, 'l', l.location_id, 'n', l.quantity, 'lost', l.shorted, 'gone', l.shipped,
          'ahead', l.waiting)) from stock.reservation_lines l
        where l.reservation_id = r.reservation_id), '[]'))) from stock.reservations r where r.channel_code = any(${[...names.channels]}::text[])) as reservations,
      (select jsonb_agg(s) from (select variant_id as v, array_agg(distinct version order by version) as versions
        from stock.movements where variant_id in (select id from mine) group by 1) as s) as versions,
      (select jsonb_agg(jsonb_build_object('v', variant_id, 'n', sold_ahead)) from stock.selling_policies
        where variant_id in (select id from mine) and sold_ahead > 0) as sold,
      (select jsonb_agg(jsonb_build_object('v', u.variant_id, 'c', u.channel_code, 'n', u.consumed, 'policy', (
        select p.policy_id from stock.allocation_policies p where p.revision = u.policy_revision)))
        from stock.allocation_usage u where u.variant_id in (select id from mine) and u.consumed > 0) as usage,
      (select jsonb_agg(jsonb_build_object('id', t.transfer_id, 'status', upper(t.status), 'lines', (
        select jsonb_agg(jsonb_build_object('v', l.variant_id, 'n', l.quantity, 'came', l.received, 'lost', l.lost) order by l.variant_id)
        from stock.transfer_lines l where l.transfer_id = t.transfer_id)))
        from stock.transfers t where t.transfer_id = any(${[...names.transfers]}::uuid[])) as transfers,
      (select count(*)::int from stock.find_differences((select min(id::text)::uuid from mine), (select max(id::text)::uuid from mine))) as differences,
      (select jsonb_agg(jsonb_build_object('v', v, 'version', version, 'sellable', sellable) order by seq) from told) as events`;
  const place = ({ v, l }: { v: string; l: string }) => `${numberOf(names.things, v)} ${numberOf(names.locations, l)}`;
  const levels = (rows: Row['levels']) =>
    sorted(
      (rows ?? [])
        .map(
          (each) =>
            [place(each), Object.fromEntries(STATES.map((name) => [name, each[name]])) as never as Level] as const,
        )
        .filter(([, level]) => withUnits(level)),
    );
  const events = row?.events ?? [];
  const last = new Map(events.map((event) => [event.v, event.sellable]));
  const shown = (
    await Promise.all(
      names.channels.map(async (code, channel) =>
        (await findAvailability(db, code, names.things)).map((each) => ({
          ...each,
          channel,
          thing: numberOf(names.things, each.variantId),
        })),
      ),
    )
  ).flat();
  return {
    levels: levels(row?.levels ?? null),
    ledger: levels(row?.ledger ?? null),
    reservations: sorted(
      (row?.reservations ?? []).map(({ key, status, plan, lines }) => [
        key.slice(names.run.length + 1),
        {
          status,
          planIndex: plan,
          lines: lines
            .map(({ v, l, n, lost, gone, ahead }) =>
              lineText({
                item: numberOf(names.things, v),
                location: numberOf(names.locations, l),
                quantity: n,
                shorted: lost,
                shipped: gone,
                waiting: ahead,
              }),
            )
            .sort(),
        },
      ]),
    ),
    versions: sorted((row?.versions ?? []).map(({ v, versions }) => [String(numberOf(names.things, v)), versions])),
    sellable: sorted(shown.map((each) => [`${each.channel} ${each.thing}`, each.sellableQuantity])),
    clientVersions: sorted(shown.map(({ thing, version }) => [String(thing), version])),
    told: sorted(
      [...last].flatMap(([v, quantities]) =>
        names.channels.map(
          (code, channel) => [`${channel} ${numberOf(names.things, v)}`, quantities[code] ?? 0] as const,
        ),
      ),
    ),
    toldVersions: sorted(
      items
        .map(
          (v, item) => [String(item), events.filter((event) => event.v === v).map(({ version }) => version)] as const,
        )
        .filter(([, versions]) => versions.length > 0),
    ),
    soldAhead: sorted((row?.sold ?? []).map(({ v, n }) => [String(numberOf(names.things, v)), n])),
    usage: sorted(
      (row?.usage ?? []).map(({ v, c, policy, n }) => [
        `${numberOf(names.channels, c)} ${numberOf(names.things, v)}`,
        { policy: numberOf(names.policies, policy), consumed: n },
      ]),
    ),
    transfers: sorted(
      (row?.transfers ?? []).map(({ id, status, lines }) => [
        String(numberOf(names.transfers, id)),
        {
          status,
          lines: lines.map(({ v, n, came, lost }) =>
            transferText({ item: numberOf(names.things, v), quantity: n, received: came, lost }),
          ),
        },
      ]),
    ),
    differences: row?.differences ?? 0,
  };
}
