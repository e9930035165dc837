import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { LOCK_CLASS } from '@kontor/kit/src/database.ts';
import type { Cluster } from './cluster.ts';
import type { Killable } from './killable-process.ts';

/** The stock process whose relay leads: who holds the advisory lock in PostgreSQL, found by its socket. Null while nobody does. */
export async function relayLeader({ db, stocks, postgres }: Cluster): Promise<Killable | null> {
  const [row] = await db.sql<{ port: number }[]>`
    select a.client_port as port from pg_locks l join pg_stat_activity a using (pid)
    where l.locktype = 'advisory' and l.classid = ${LOCK_CLASS.relay} and l.granted and a.application_name = 'stock'`;
  const socket = row && socketOf(row.port, postgres.port);
  return stocks.find(({ pid }) => socket !== undefined && hasSocket(pid, socket)) ?? null;
}

/** The inode of the connection from a local port to another. */
function socketOf(from: number, to: number): string | undefined {
  const hex = (port: number) => port.toString(16).toUpperCase().padStart(4, '0');
  for (const line of readFileSync('/proc/net/tcp', 'utf8').split('\n').slice(1)) {
    const [, local = '', remote = '', , , , , , , inode] = line.trim().split(/\s+/);
    if (local.endsWith(`:${hex(from)}`) && remote.endsWith(`:${hex(to)}`)) return inode;
  }
  return undefined;
}

function hasSocket(pid: number, inode: string): boolean {
  try {
    return readdirSync(`/proc/${pid}/fd`).some((name) => {
      try {
        return readlinkSync(`/proc/${pid}/fd/${name}`) === `socket:[${inode}]`;
      } catch {
        return false;
      }
    });
  } catch {
    // It was killed meanwhile.
    return false;
  }
}
