import { setTimeout as wait } from 'node:timers/promises';
import WebSocket from 'ws';
import type { ServerProcess } from '../server-process.ts';

/** Handshakes leave timers of up to three seconds behind. */
const SETTLE_MS = 4_000;

/**
 * Resident memory of a server in megabytes after its garbage was collected, so that two measures can be compared.
 * @param inspector the port of its `--inspect`.
 */
export async function collectedMemoryMb(server: ServerProcess, inspector: number): Promise<number> {
  await wait(SETTLE_MS);
  const [target] = (await (await fetch(`http://127.0.0.1:${inspector}/json/list`)).json()) as {
    webSocketDebuggerUrl: string;
  }[];
  const debug = new WebSocket(target!.webSocketDebuggerUrl);
  await new Promise((resolve, reject) => debug.once('open', resolve).once('error', reject));
  // Twice: what waits for finalizers goes with the second.
  for (const id of [1, 2]) {
    const answered = new Promise((resolve) => debug.once('message', resolve));
    debug.send(JSON.stringify({ id, method: 'HeapProfiler.collectGarbage' }));
    await answered;
  }
  debug.close();
  await wait(500);
  return server.residentMb();
}
