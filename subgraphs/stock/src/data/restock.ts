import type { Database } from '@kontor/kit/src/database.ts';

/** What may be sold before it is there. */
export interface BackorderOffer {
  readonly kind: 'BACKORDER' | 'PREORDER';
  /** Units, 1 at least. */
  readonly quantity: number;
  /** When units that are sold ahead are promised; null when nobody said. */
  readonly promisedAt: string | null;
}

/** What comes after what is there. */
export interface Prospect {
  readonly variantId: string;
  /** When more is expected at a location of the channel: the earliest announced time that is not over. */
  readonly restockAt: string | null;
  /** Null for bundles, and when nothing more may be sold ahead. */
  readonly backorder: BackorderOffer | null;
}

type ProspectRow = Pick<Prospect, 'variantId' | 'restockAt'> & {
  readonly kind: BackorderOffer['kind'] | null;
  readonly quantity: number;
  readonly promisedAt: string | null;
};

/** What a channel may expect of variants, one row for each distinct id, in one statement; ids must be UUIDs. */
export async function findProspects(db: Database, channel: string, variantIds: readonly string[]): Promise<Prospect[]> {
  const rows = await db.sql<ProspectRow[]>`
    select g.id as "variantId", s.kind, s.limit_quantity - s.sold_ahead as quantity,
      coalesce(s.promised_at, stock.app_now() + make_interval(days => s.promised_days)) as "promisedAt",
      (select min(t.expected_at) from stock.transfer_lines l join stock.transfers t using (transfer_id)
        join stock.channel_places p on p.location_id = t.to_location_id and p.channel_code = ${channel}
        where l.variant_id = g.id and l.received + l.lost < l.quantity and t.status = 'in_transit' and t.expected_at > stock.app_now()) as "restockAt"
    from (select distinct id from unnest(${[...variantIds]}::uuid[]) as id) as g
    left join stock.selling_policies s on s.variant_id = g.id and s.kind <> 'DENY' and s.limit_quantity > s.sold_ahead
      and (s.channel_codes is null or ${channel} = any(s.channel_codes))
      -- A channel without a place has nowhere to sell from, ahead or not.
      and exists (select from stock.channel_places p where p.channel_code = ${channel})
      and not exists (select from stock.bundle_components b where b.bundle_id = g.id)`;
  return rows.map(({ variantId, restockAt, kind, quantity, promisedAt }) => ({
    variantId,
    restockAt,
    backorder: kind && { kind, quantity, promisedAt },
  }));
}
