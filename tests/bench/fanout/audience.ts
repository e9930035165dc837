import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** What the process of the clients is asked. */
export type Command =
  | {
      readonly do: 'open';
      readonly port: number;
      readonly path: string;
      readonly count: number;
      /** Of the `subscribe` message. */
      readonly payload: object;
    }
  | { readonly do: 'count'; readonly version: number }
  | { readonly do: 'collect' };

/** What it answers. */
export type Told =
  | { readonly done: 'open' }
  | { readonly done: 'count'; readonly at: number }
  | { readonly done: 'collect'; readonly deliveries: Deliveries }
  | { readonly done: 'failed'; readonly reason: string };

/** What the clients were told after their snapshots: one entry of each list per message. */
export interface Deliveries {
  readonly clients: Float64Array;
  readonly versions: Float64Array;
  /** In milliseconds of `now()`. */
  readonly times: Float64Array;
  /** The last version of each client. */
  readonly latest: Float64Array;
  /** Sockets that did not stay open. */
  readonly ended: number;
}

/** Many clients of one subscription. */
export interface Audience {
  /** Opens more clients. Resolves when each has its snapshot. */
  open(options: Omit<Extract<Command, { do: 'open' }>, 'do'>): Promise<void>;
  /** How many clients have this version or a later one. */
  countAt(version: number): Promise<number>;
  /** What came since it was asked last. */
  collect(): Promise<Deliveries>;
  /** Ends the process, and all connections with it. */
  end(): Promise<void>;
}

/** Milliseconds of a clock that all processes of the machine share. */
export const now = (): number => Number(process.hrtime.bigint()) / 1e6;

/** Starts the process of the clients. Ask it one thing at a time. */
export function startAudience(): Audience {
  const child = fork(fileURLToPath(new URL('clients.ts', import.meta.url)), [], { serialization: 'advanced' });
  const ask = async <Done extends Told['done']>(command: Command, done: Done) => {
    child.send(command);
    const [told] = (await once(child, 'message')) as [Told];
    if (told.done === 'failed') throw new Error(`a client could not come in: ${told.reason}`);
    if (told.done !== done) throw new Error(`the clients answered ${told.done} to ${command.do}`);
    return told as Extract<Told, { done: Done }>;
  };
  return {
    async open(options) {
      await ask({ do: 'open', ...options }, 'open');
    },
    countAt: async (version) => (await ask({ do: 'count', version }, 'count')).at,
    collect: async () => (await ask({ do: 'collect' }, 'collect')).deliveries,
    async end() {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
  };
}
