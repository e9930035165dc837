/** What the tests of this subgraph arrange and look at, through the same commands as everyone else. */
import { createIdentity, generateInternalKeys } from '@kontor/kit/src/auth/internal-token.ts';
import type { Database } from '@kontor/kit/src/database.ts';
import type { EventBus } from '@kontor/kit/src/events/event.ts';
import type { Call, GraphClient, GraphResult } from '@kontor/kit/src/graph/graph.ts';
import { isId, newId } from '@kontor/kit/src/ids.ts';
import { silentLogger } from '@kontor/kit/src/logger.ts';
import type { Service } from '@kontor/kit/src/service.ts';
import { createApp } from './app.ts';
import { importLevels } from './commands/import-levels.ts';
import { createEndReservation } from './commands/end-reservation.ts';
import { createReserve, type Reserve } from './commands/reserve.ts';
import { upsertLocations } from './commands/upsert-locations.ts';
import { verifyStock } from './commands/verify-stock.ts';
import { saveChannel, type ChannelRow } from './data/channels.ts';
import { isDemandFault, toDemand, type Allocation, type Demand } from './domain/demand.ts';

/** A location as a catalogue file may describe it. */
export const locationValues = (code: string) => ({
  code,
  name: `Store ${code}`,
  kind: 'STORE',
  street: null,
  city: null,
  province: null,
  postalCode: null,
  country: 'DE',
  latitude: 52.5,
  longitude: 13.4,
  pickupOffered: true,
  externalReference: null,
});

/** Makes a channel of its own with some locations. */
export async function makeChannel(
  db: Database,
  locationCount = 1,
): Promise<{ readonly channel: string; readonly locationIds: string[] }> {
  const channel = `channel-${newId()}`;
  const codes = Array.from({ length: locationCount }, (_, index) => `${channel}-${index}`);
  const { locationIds } = await upsertLocations(db, codes.map(locationValues));
  await saveChannel(db, { code: channel, revision: 1, locationIds });
  return { channel, locationIds };
}

/** Brings a new variant into stock at a location. */
export async function makeVariant(db: Database, locationId: string, quantity: number): Promise<string> {
  const variantId = newId();
  await importLevels(db, locationId, [{ variantId, quantity, reference: newId() }]);
  return variantId;
}

/** A valid demand. */
export function demandOf(
  channel: string,
  plans: readonly (readonly Allocation[])[],
  options: { key?: string; ttlSeconds?: number } = {},
): Demand {
  const input = {
    key: options.key ?? newId(),
    channel,
    ttlSeconds: options.ttlSeconds ?? 600,
    plans: plans.map((allocations) => ({ allocations })),
  };
  const demand = toDemand(input, isId);
  if (isDemandFault(demand)) throw new Error(demand.message);
  return demand;
}

/** The command as several processes have it: one pool and one queue each. */
export const reservers = (databases: readonly Database[]): Reserve[] => databases.map(createReserve);

/** Holds units for a channel. @returns the key. */
export async function holdUnits(
  db: Database,
  channel: string,
  lines: readonly Allocation[],
  options: { key?: string; ttlSeconds?: number } = {},
): Promise<string> {
  const demand = demandOf(channel, [lines], options);
  const { kind } = await createReserve(db)(demand);
  if (kind !== 'held') throw new Error(`nothing was held: ${kind}`);
  return demand.key;
}

/** Sells units to an order of a channel. @returns the key of its reservation. */
export async function orderUnits(db: Database, channel: string, lines: readonly Allocation[]): Promise<string> {
  const key = await holdUnits(db, channel, lines);
  const { done, status } = await createEndReservation(db).commit(key);
  if (!done) throw new Error(`nothing was committed: ${status}`);
  return key;
}

/** How many levels have other units reserved or committed than the lines of open reservations say. */
export async function lineDifferences(db: Database): Promise<number> {
  const [row] = await db.sql<{ count: number }[]>`
    select count(*)::int as count from stock.levels v full join (
      select l.variant_id, l.location_id, sum(l.quantity - l.shorted - l.shipped - l.waiting) filter (where r.status = 'held') as reserved,
        sum(l.quantity - l.shorted - l.shipped - l.waiting) filter (where r.status = 'committed') as committed
      from stock.reservation_lines l join stock.reservations r using (reservation_id) group by 1, 2
    ) as t using (variant_id, location_id)
    where (coalesce(v.reserved, 0), coalesce(v.committed, 0)) is distinct from (coalesce(t.reserved, 0), coalesce(t.committed, 0))`;
  return row?.count ?? 0;
}

/** A level in the database. */
export async function levelOf(db: Database, variantId: string, locationId: string) {
  const [row] = await db.sql<{ available: number; reserved: number; committed: number }[]>`
    select available, reserved, committed from stock.levels where variant_id = ${variantId} and location_id = ${locationId}`;
  return row ? { ...row } : null;
}

/** All that a refused command must leave as it is: the variants' levels, versions, entries and open lines, and how many keys are used. */
export async function traceOf(db: Database, ...variantIds: readonly string[]) {
  const ids = [...variantIds];
  const [trace] = await db.sql`
    select
      (select jsonb_agg(to_jsonb(l) order by l.variant_id, l.location_id) from stock.levels l where l.variant_id = any(${ids}::uuid[])) as levels,
      (select jsonb_object_agg(v.variant_id, v.version) from stock.variant_versions v where v.variant_id = any(${ids}::uuid[])) as versions,
      (select count(*)::int from stock.movements m where m.variant_id = any(${ids}::uuid[])) as entries,
      (select jsonb_agg(to_jsonb(l) order by l.reservation_id) from stock.reservation_lines l where l.variant_id = any(${ids}::uuid[])) as lines,
      (select jsonb_agg(to_jsonb(t) order by t.transfer_id, t.variant_id) from stock.transfer_lines t where t.variant_id = any(${ids}::uuid[])) as transfers,
      (select count(*)::int from stock.command_keys) as keys, (select count(*)::int from stock.outbox) as events`;
  return { ...trace };
}

/** The ledger of a variant, oldest first, without what no test can know. */
export async function entriesOf(db: Database, variantId: string) {
  const rows = await db.sql`
    select version::int, kind, quantity, from_state as "from", to_state as "to", reference, reason, actor
    from stock.movements where variant_id = ${variantId} order by version, entry`;
  return rows.map((row) => ({ ...row }));
}

/** How many differences there are between levels, ledger and reservations. */
export const differences = async (db: Database): Promise<number> =>
  (await verifyStock(db, { variantId: null })).differenceCount;

/**
 * Versions of a variant in the ledger and in its events, in the order in which they were written, and the one that it has. An event tells
 * its own version plus the configuration's revision, which the events of configurations before it tell: what is left is the variant's own.
 */
export async function versionsOf(db: Database, variantId: string) {
  const [row] = await db.sql<{ ledger: number[]; events: number[]; current: number }[]>`
    select array(select distinct version::int from stock.movements where variant_id = ${variantId} order by 1) as ledger,
      array(
        select (each ->> 'version')::int - coalesce((
          select max((c.payload ->> 'revision')::int) from stock.outbox c where c.topic = 'stock.configuration.changed' and c.seq < o.seq), 0)
        from stock.outbox o cross join jsonb_array_elements(o.payload -> 'variants') as each
        where o.topic = 'stock.availability.changed' and each ->> 'variantId' = ${variantId} order by o.seq) as events,
      (select version::int from stock.variant_versions where variant_id = ${variantId}) as current`;
  if (!row) throw new Error('a row of subqueries is always there');
  return row;
}

/** The numbers from 1. */
export const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

/** An answer over the wire, before a test has looked at it. */
export type Json = ReturnType<typeof JSON.parse>;

/** What products answers when it is asked for its channels; it does not answer before it has some. */
export const productsWith = (channels: readonly ChannelRow[]): GraphClient => ({
  execute: <Data>() =>
    channels.length > 0
      ? Promise.resolve({ data: { channelStates: channels } } as GraphResult<Data>)
      : Promise.reject(new Error('products does not answer yet')),
  subscribe: () => {
    throw new Error('nobody subscribes to products');
  },
});

/** Starts the service as one of the processes on a bus. */
export async function startStock(db: Database, bus: EventBus, products: GraphClient): Promise<Service> {
  const { stock: keys } = await generateInternalKeys(['stock'] as const);
  if (!keys) throw new Error('every service gets keys');
  const identity = await createIdentity('stock', keys);
  const service = createApp({ db, bus, identity, logger: silentLogger, peers: { products } });
  await service.start();
  return service;
}

/** A group has one consumer in a process: on such a bus a second process only listens. */
export const listeningOnly = (bus: EventBus): EventBus => ({
  ...bus,
  consume: () => Promise.resolve({ stop: () => Promise.resolve() }),
});

/** Asks the public graph, or the internal one as a service; errors are thrown. */
export async function run(
  service: Service,
  call: Call,
  query: string,
  variables: Record<string, unknown> = {},
): Promise<Json> {
  const graph = service.graph(call.caller.role === 'service' ? '/internal/graphql' : '/graphql');
  const { data, errors } = await graph.execute({ query, variables }, call);
  if (errors) throw new Error(JSON.stringify(errors));
  return JSON.parse(JSON.stringify(data));
}

/** Holds units of one variant through the internal graph, in the channel `web` unless told otherwise. */
export async function reserveThrough(service: Service, call: Call, line: Allocation, channel = 'web'): Promise<Json> {
  const document = `mutation ($input: ReserveInput!) { reserve(input: $input) { __typename
    ... on Reservation { reservationId key status planIndex expiresAt allocations { variantId locationId quantity } }
    ... on InsufficientStock { variants { variantId requested available } } } }`;
  const input = { key: newId(), channel, ttlSeconds: 600, plans: [{ allocations: [line] }] };
  const answer = (await run(service, call, document, { input })) as Readonly<Record<string, Json>>;
  return answer['reserve'];
}
