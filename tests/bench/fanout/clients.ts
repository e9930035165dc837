/** Many clients of one subscription, in a process of their own. Started by `audience.ts`, which it answers over IPC. */
import { LightSocket } from './light-socket.ts';
import { now, type Command, type Deliveries, type Told } from './audience.ts';

/** Fewer than the backlog of a listening socket (511 in Node). */
const OPENED_AT_ONCE = 250;
const VERSION = Buffer.from('"version":');
const DIGIT_0 = 0x30;
const DIGIT_9 = 0x39;

/** What the clients were told, in the order in which it came. */
const clients: number[] = [];
const versions: number[] = [];
const times: number[] = [];
const latest: number[] = [];
const sockets: LightSocket[] = [];
let ended = 0;

function versionIn(bytes: Buffer): number | undefined {
  const found = bytes.indexOf(VERSION);
  if (found < 0) return undefined;
  let version = 0;
  for (let at = found + VERSION.length; ; at += 1) {
    const digit = bytes[at];
    if (digit === undefined || digit < DIGIT_0 || digit > DIGIT_9) return version;
    version = version * 10 + (digit - DIGIT_0);
  }
}

async function open({ port, path, payload }: Extract<Command, { do: 'open' }>, client: number): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const socket = await LightSocket.open({
    port,
    path,
    onText(bytes) {
      const version = versionIn(bytes);
      if (version === undefined) {
        const text = bytes.toString();
        if (text.includes('"connection_ack"')) socket.send({ id: `client-${client}`, type: 'subscribe', payload });
        else if (text.includes('"errors"') || text.includes('"error"')) reject(new Error(text));
        return;
      }
      const before = latest[client];
      latest[client] = version;
      if (before === undefined) return resolve();
      clients.push(client);
      versions.push(version);
      times.push(now());
    },
    onEnd(reason) {
      ended += 1;
      reject(new Error(reason));
    },
  });
  sockets.push(socket);
  socket.send({ type: 'connection_init' });
  await promise;
}

async function openAll(command: Extract<Command, { do: 'open' }>): Promise<void> {
  let next = sockets.length;
  const end = next + command.count;
  await Promise.all(
    Array.from({ length: OPENED_AT_ONCE }, async () => {
      while (next < end) await open(command, next++);
    }),
  );
}

function collect(): Deliveries {
  const deliveries = {
    clients: Float64Array.from(clients),
    versions: Float64Array.from(versions),
    times: Float64Array.from(times),
    latest: Float64Array.from(latest),
    ended,
  };
  clients.length = versions.length = times.length = 0;
  return deliveries;
}

const tell = (message: Told) => process.send!(message);

process.on('message', (command: Command) => {
  if (command.do === 'open')
    openAll(command).then(
      () => tell({ done: 'open' }),
      (error: Error) => tell({ done: 'failed', reason: error.message }),
    );
  else if (command.do === 'count')
    tell({ done: 'count', at: latest.filter((version) => version >= command.version).length });
  else tell({ done: 'collect', deliveries: collect() });
});
