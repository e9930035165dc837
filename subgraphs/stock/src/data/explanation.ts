import type { Database } from '@kontor/kit/src/database.ts';
import type { AvailabilityFacts } from '../domain/availability-explanation.ts';

/**
 * What decides what a channel can sell of a variant, in one statement and so at one moment, through the same functions that decide it.
 * The id must be a UUID.
 */
export async function findAvailabilityFacts(
  db: Database,
  variantId: string,
  channel: string,
): Promise<AvailabilityFacts> {
  const [row] = await db.sql<(Omit<AvailabilityFacts, 'variantId' | 'channel'> & { version: unknown })[]>`
    with conf as materialized (select * from stock.configuration), parts as materialized (
      select coalesce(b.component_id, g.id) as item, coalesce(b.quantity, 1) as per, b.component_id is not null as bundled
      from (select ${variantId}::uuid as id) as g left join stock.bundle_components b on b.bundle_id = g.id
    ), governed as materialized (
      select p.item, a.policy_id, a.name, a.kind from parts p cross join conf c left join stock.policy_variants pv on pv.variant_id = p.item
      join stock.allocation_policies a on a.policy_id = coalesce(pv.policy_id, c.default_policy_id)
    ), offered as materialized (select * from stock.offers(array(select item from parts union select ${variantId}::uuid), ${channel})),
    placed as materialized (select * from stock.location_offers(array(select item from parts), ${channel})),
    claimed as materialized (select * from stock.claims(array(select item from parts))),
    capped as materialized (select * from stock.caps(array(select item from parts), array[${channel}]::text[]))
    select v.version, stock.app_now() as "asOf", coalesce((select o.sellable from offered o where o.item = ${variantId}::uuid), 0) as "sellableQuantity",
      (select bool_or(p.bundled) from parts p) as "isBundle",
      (select count(*)::int from stock.channel_places c where c.channel_code = ${channel}) as "channelLocationCount",
      coalesce((select greatest(0, s.limit_quantity - s.sold_ahead) from stock.selling_policies s
        where s.variant_id = ${variantId}::uuid and s.kind <> 'DENY' and (s.channel_codes is null or ${channel} = any(s.channel_codes))), 0) as "aheadQuantity",
      (select jsonb_agg(jsonb_build_object('variantId', p.item, 'unitsPerSet', p.per,
        'sellableQuantity', coalesce((select o.sellable from offered o where o.item = p.item), 0),
        'cap', (select k.cap from capped k where k.item = p.item),
        'locations', coalesce((select jsonb_agg(jsonb_build_object('locationId', l.location_id, 'available', e.available,
            'safetyStock', coalesce(s.quantity, 0), 'free', l.free, 'pooled', l.pooled) order by l.location_id)
          from placed l join stock.levels e on e.variant_id = l.item and e.location_id = l.location_id
          left join stock.safety_stocks s on s.channel_code = ${channel} and s.location_id = l.location_id where l.item = p.item), '[]'),
        'policy', (select jsonb_build_object('policyId', g.policy_id, 'name', g.name, 'kind', g.kind,
            'poolAvailable', coalesce((select max(c.pool_available) from claimed c where c.item = g.item), 0),
            'claims', coalesce((select jsonb_agg(jsonb_build_object('channel', c.channel_code, 'priority', c.priority, 'guaranteed', c.guaranteed, 'consumed', c.consumed)
              order by c.priority, c.channel_code) from claimed c where c.item = g.item), '[]'))
          from governed g where g.item = p.item)) order by p.item) from parts p) as items
    from stock.versions(array[${variantId}::uuid]) v`;
  if (!row) throw new Error('a version is answered for every id');
  return { ...row, version: Number(row.version), variantId: variantId.toLowerCase(), channel };
}
