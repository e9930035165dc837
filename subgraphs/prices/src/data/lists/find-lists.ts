import type { Database, Db, Tx } from '@kontor/kit/src/database.ts';
import { sql, type SQL } from 'drizzle-orm';
import type { Derivation, PriceList, PriceListScope, Span } from '../../domain/lists/price-list.ts';

type Micros = readonly [from: number | null, until: number | null] | null;

interface ListRow extends Record<string, unknown> {
  readonly id: string;
  readonly code: string;
  readonly name: string;
  readonly scope: PriceListScope;
  readonly subject: string | null;
  readonly channel: string | null;
  readonly currency: string;
  readonly taxIncluded: boolean;
  readonly revision: string;
  readonly version: number;
  readonly activity: Micros;
  readonly validity: Micros;
  readonly parentId: string | null;
  readonly rule: Omit<Derivation, 'parentId'> | null;
}

/** The columns of a list out of `price_lists l` and `price_scopes s`. */
export const LIST_COLUMNS = sql`
  l.price_list_id as id, l.code, l.name, s.scope, s.subject, s.channel_code as channel, l.currency, l.tax_included as "taxIncluded", l.revision,
  l.version, prices.micros_of(l.activity) as activity, prices.micros_of(l.validity) as validity, l.parent_id as "parentId", l.derivation as rule`;

const MICROS_PER_MS = 1_000;
const toDate = (micros: number | null): Date | null =>
  micros === null ? null : new Date(Math.floor(micros / MICROS_PER_MS));
const toSpan = (micros: Micros): Span | null => micros && { from: toDate(micros[0]), until: toDate(micros[1]) };

/** A list of a row of `LIST_COLUMNS`. */
export function toList(row: ListRow): PriceList {
  const { activity, validity, parentId, rule, revision, ...list } = row;
  const { id, code, name, scope, subject, channel, currency, taxIncluded, version } = list;
  return {
    ...{ id, code, name, scope, subject, channel, currency, taxIncluded, version },
    revision: Number(revision),
    activity: toSpan(activity),
    validity: toSpan(validity),
    derivation: parentId === null || rule === null ? null : { parentId, ...rule },
  };
}

/** Lists that a condition on `l` and `s` chooses. */
export async function selectLists(db: Db | Tx, condition: SQL): Promise<PriceList[]> {
  const rows = await db.execute<ListRow>(
    sql`select ${LIST_COLUMNS} from prices.price_lists l join prices.price_scopes s using (scope_id) where ${condition}`,
  );
  return rows.map(toList);
}

/** Lists in the order of their code, behind a code. */
export const findPriceLists = (db: Db | Tx, after: string, limit: number): Promise<PriceList[]> =>
  selectLists(db, sql`l.code > ${after} collate "C" order by l.code collate "C" limit ${limit}`);

/** The lists that exist, in no order. @param ids UUIDs. */
export const findPriceListsById = ({ orm }: Pick<Database, 'orm'>, ids: readonly string[]): Promise<PriceList[]> =>
  selectLists(orm, sql`l.price_list_id in (select jsonb_array_elements_text(${JSON.stringify(ids)}::jsonb)::uuid)`);

/** A list by code; null when there is none. */
export async function findPriceList(db: Db | Tx, code: string): Promise<PriceList | null> {
  if (code.includes('\0')) return null;
  const [list] = await selectLists(db, sql`l.code = ${code}`);
  return list ?? null;
}
