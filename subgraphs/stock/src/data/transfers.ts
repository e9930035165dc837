import type { Database } from '@kontor/kit/src/database.ts';
import type { DispatchLine, ReceiptLine } from '../domain/transfer.ts';
import { retried } from './retry.ts';
import type { CommandKey } from './stock-changes.ts';

/** Whether goods may still arrive. */
export type TransferStatus = 'IN_TRANSIT' | 'CLOSED';

/** What a transfer has of a variant; what is neither received nor lost is on its way. */
export interface TransferLineRow {
  readonly variantId: string;
  readonly quantity: number;
  readonly receivedQuantity: number;
  readonly lostQuantity: number;
}

/** Goods on their way to a location. */
export interface TransferRow {
  readonly id: string;
  /** Null for a supplier's delivery. */
  readonly fromLocationId: string | null;
  readonly toLocationId: string;
  readonly status: TransferStatus;
  readonly expectedAt: string | null;
  readonly note: string | null;
  readonly createdBy: string;
  readonly createdAt: string;
  readonly closedAt: string | null;
  /** In order of variant. */
  readonly lines: TransferLineRow[];
}

/** Goods to be sent. */
export interface Dispatch {
  readonly transferId: string;
  readonly fromLocationId: string | null;
  readonly toLocationId: string;
  /** Variants differ. */
  readonly lines: readonly DispatchLine[];
  readonly expectedAt: string | null;
  readonly note: string | null;
}

/** What arrived. */
export interface Receipt {
  readonly transferId: string;
  /** Variants differ. */
  readonly lines: readonly ReceiptLine[];
  /** Nothing more will come: what is missing is lost. */
  readonly close: boolean;
}

/**
 * Sends goods on their way, all or nothing, once per caller and key. @returns the transfer as it was when the key was first used.
 * @throws the broken rule as a constraint, those of `stock.dispatch_transfer`; nothing was changed then, and the key is unused.
 */
export async function dispatchGoods(db: Database, dispatch: Dispatch, command: CommandKey): Promise<TransferRow> {
  const { transferId, fromLocationId, toLocationId, lines, expectedAt, note } = dispatch;
  const [row] = await retried(
    () => db.sql<{ transfer: TransferRow }[]>`
      select stock.dispatch_transfer(${transferId}, ${fromLocationId}, ${toLocationId}, ${lines.map((line) => line.variantId)}::uuid[],
        ${lines.map((line) => line.quantity)}::int[], ${expectedAt}, ${note}, ${command.caller}, ${command.key}, ${command.requestHash}) as transfer`,
  );
  if (!row) throw new Error('a function answers one row');
  db.committed();
  return row.transfer;
}

/**
 * Books what arrived, once per caller and key. @returns the transfer as it was behind the receipt; null when there is none.
 * @throws the broken rule as a constraint, those of `stock.receive_transfer`; nothing was changed then, and the key is unused.
 */
export async function receiveGoods(db: Database, receipt: Receipt, command: CommandKey): Promise<TransferRow | null> {
  const { transferId, lines, close } = receipt;
  const [row] = await retried(
    () => db.sql<{ transfer: TransferRow | null }[]>`
      select stock.receive_transfer(${transferId}, ${lines.map((line) => line.variantId)}::uuid[], ${lines.map((line) => line.quantity)}::int[],
        ${lines.map((line) => line.damagedQuantity)}::int[], ${close}, ${command.caller}, ${command.key}, ${command.requestHash}) as transfer`,
  );
  db.committed();
  return row?.transfer ?? null;
}

/** A transfer by id, a UUID. */
export async function findTransfer(db: Database, id: string): Promise<TransferRow | null> {
  const [row] = await db.sql<{ transfer: TransferRow | null }[]>`select stock.transfer_answer(${id}) as transfer`;
  return row?.transfer ?? null;
}

/** Which transfers are listed. */
export interface TransferFilter {
  /** Behind this one. */
  readonly after: string | null;
  /** From here or to here. */
  readonly locationId: string | null;
  readonly status: TransferStatus | null;
  readonly limit: number;
}

/** Transfers, newest first. */
export async function listTransfers(db: Database, filter: TransferFilter): Promise<TransferRow[]> {
  const { sql } = db;
  const { after, locationId, status, limit } = filter;
  const page = (place: ReturnType<typeof sql>) => sql`(
    select t.transfer_id from stock.transfers t where ${place}
      ${after === null ? sql`` : sql`and t.transfer_id < ${after}`}
      ${status === null ? sql`` : status === 'CLOSED' ? sql`and t.status = 'closed'` : sql`and t.status = 'in_transit'`}
    order by t.transfer_id desc limit ${limit})`;
  // Two pages instead of one condition: each is read from the end of its own index. No transfer is in both, since its ends differ.
  const pages = locationId
    ? sql`${page(sql`t.from_location_id = ${locationId}`)} union all ${page(sql`t.to_location_id = ${locationId}`)}`
    : page(sql`true`);
  const rows = await sql<{ transfer: TransferRow }[]>`
    select stock.transfer_answer(p.transfer_id) as transfer
    from (select transfer_id from (${pages}) as both_ends order by transfer_id desc limit ${limit}) as p order by p.transfer_id desc`;
  return rows.map(({ transfer }) => transfer);
}
