import { findAvailability } from '../data/levels.ts';
import { numberOf, type RealStock } from './real-stock.ts';
import { sellable, type Level, type OpenLine, type StockModel } from './stock-model.ts';

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
  };
}

/** A line of a reservation in words. */
export const lineText = ({ item, location, quantity, shorted, shipped }: OpenLine): string =>
  `${quantity} x ${item} at ${location}, ${shorted} lost, ${shipped} shipped`;

interface Row {
  readonly levels: (Level & { v: string; l: string })[] | null;
  readonly ledger: (Level & { v: string; l: string })[] | null;
  readonly reservations:
    | {
        key: string;
        status: string;
        plan: number;
        lines: { v: string; l: string; n: number; lost: number; gone: number }[];
      }[]
    | null;
  readonly versions: { v: string; versions: number[] }[] | null;
  readonly events: { v: string; version: number; sellable: Record<string, number> }[] | null;
}

const STATES = ['available', 'reserved', 'committed', 'safety', 'damaged', 'inspection', 'incoming'] as const;

/** What the real stock shows: its tables read in one statement, and what channels are shown as they read it. */
export async function viewOfReal(real: RealStock, itemCount: number): Promise<StockView> {
  const { db, names } = real;
  const items = names.things.slice(0, itemCount);
  const state = (name: (typeof STATES)[number]) =>
    db.sql`coalesce(sum(case when to_state = ${name.toUpperCase()} then quantity when from_state = ${name.toUpperCase()} then -quantity end), 0)::int as ${db.sql(name)}`;
  const [row] = await db.sql<Row[]>`
    with mine as (select unnest(${[...items]}::uuid[]) as id), told as (
      select o.seq, each ->> 'variantId' as v, (each ->> 'version')::int - coalesce((select max((c.payload ->> 'revision')::int) from stock.outbox c
        where c.topic = 'stock.configuration.changed' and c.seq < o.seq), 0) as version, each -> 'sellable' as sellable
      from stock.outbox o cross join jsonb_array_elements(o.payload -> 'variants') as each
      where o.topic = 'stock.availability.changed' and (each ->> 'variantId')::uuid = any(${[...items]}::uuid[])
    )
    select
      (select jsonb_agg(jsonb_build_object('v', variant_id, 'l', location_id, 'available', available, 'reserved', reserved, 'committed', committed,
        'safety', safety, 'damaged', damaged, 'inspection', inspection, 'incoming', incoming)) from stock.levels where variant_id in (select id from mine)) as levels,
      (select jsonb_agg(s) from (select variant_id as v, location_id as l, ${state('available')}, ${state('reserved')}, ${state('committed')},
        ${state('safety')}, ${state('damaged')}, ${state('inspection')}, ${state('incoming')}
        from stock.movements where variant_id in (select id from mine) group by 1, 2) as s) as ledger,
      (select jsonb_agg(jsonb_build_object('key', r.key, 'status', r.status, 'plan', r.plan_index, 'lines', coalesce((
        select jsonb_agg(jsonb_build_object('v', l.variant_id, 'l', l.location_id, 'n', l.quantity, 'lost', l.shorted, 'gone', l.shipped)) from stock.reservation_lines l
        where l.reservation_id = r.reservation_id), '[]'))) from stock.reservations r where r.channel_code = any(${[...names.channels]}::text[])) as reservations,
      (select jsonb_agg(s) from (select variant_id as v, array_agg(distinct version order by version) as versions
        from stock.movements where variant_id in (select id from mine) group by 1) as s) as versions,
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
  const shown = await Promise.all(
    names.channels.map(async (code, channel) =>
      (await findAvailability(db, code, names.things)).map(
        (each) => [`${channel} ${numberOf(names.things, each.variantId)}`, each.sellableQuantity] as const,
      ),
    ),
  );
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
            .map(({ v, l, n, lost, gone }) =>
              lineText({
                item: numberOf(names.things, v),
                location: numberOf(names.locations, l),
                quantity: n,
                shorted: lost,
                shipped: gone,
              }),
            )
            .sort(),
        },
      ]),
    ),
    versions: sorted((row?.versions ?? []).map(({ v, versions }) => [String(numberOf(names.things, v)), versions])),
    sellable: sorted(shown.flat()),
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
  };
}
