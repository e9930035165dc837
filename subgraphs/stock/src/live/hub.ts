import type { LogPosition, VersionState } from '../data/availability-changes.ts';
import type { Availability, AvailabilityChange } from '../domain/availability.ts';
import { createMailbox, type Mailbox } from './mailbox.ts';
import { createVersionMemory } from './version-memory.ts';

/** So many variants may wait for a feed's reader before it has to read everything again. */
const FEED_MAILBOX = 10_000;

/** A registration of someone who wants to know what a channel can sell. */
export interface Watch {
  readonly mailbox: Mailbox;
  /** Removes the registration and ends the reader's wait. */
  stop(): void;
}

/** Hands each change of stock that this process hears of to everyone in it who wants to know. */
export interface AvailabilityHub {
  /** @param variantIds which variants; all of them when absent. */
  watch(channel: string, variantIds?: readonly string[]): Watch;
  /** Changes, per variant in order of version; repeats are dropped. @returns the variants of which this was news. */
  changed(changes: readonly AvailabilityChange[]): string[];
  /** What was read of a channel's variants, because no event told it. What the channel knows already is dropped. */
  read(channel: string, availability: readonly Availability[]): void;
  /** Of versions that variants have, the variants that somebody watches who was not handed that version or a later one. */
  unheard(states: readonly VersionState[]): string[];
  /** Of some variants, those that somebody watches, by channel. */
  watched(variantIds: readonly string[]): ReadonlyMap<string, ReadonlySet<string>>;
  /** Everyone has to read again. */
  resync(): void;
  /** Every change up to here was handed to everyone; null until somebody has said so. */
  readonly settled: LogPosition | null;
  /** Say that every change up to a position was handed out. */
  settle(position: LogPosition): void;
  /** How many registrations there are. */
  readonly size: number;
  /** Ends all of them. */
  close(): void;
}

interface Registration {
  readonly channel: string;
  readonly mailbox: Mailbox;
  readonly variantIds: readonly string[] | undefined;
}

/** Makes a hub. */
export function createHub(): AvailabilityHub {
  const registrations = new Set<Registration>();
  const feeds = new Set<Registration>();
  const byVariant = new Map<string, Set<Registration>>();
  /** What the bus told, to everyone; and what was read for one channel, which later events of the bus may be older than. */
  const heard = createVersionMemory();
  const read = createVersionMemory();
  let settled: LogPosition | null = null;

  const readKey = (channel: string, variantId: string) => `${variantId} ${channel}`;

  const watchersOf = (variantId: string) => [...(byVariant.get(variantId) ?? []), ...feeds];

  const remove = (registration: Registration) => {
    registrations.delete(registration);
    feeds.delete(registration);
    for (const variantId of registration.variantIds ?? []) {
      const group = byVariant.get(variantId);
      group?.delete(registration);
      if (group?.size === 0) byVariant.delete(variantId);
    }
    registration.mailbox.close();
  };

  return {
    watch(channel, variantIds) {
      const registration: Registration = {
        channel,
        variantIds,
        mailbox: createMailbox(variantIds?.length ?? FEED_MAILBOX, () => settled),
      };
      registrations.add(registration);
      if (!variantIds) feeds.add(registration);
      for (const variantId of variantIds ?? []) {
        const group = byVariant.get(variantId) ?? new Set();
        byVariant.set(variantId, group.add(registration));
      }
      return { mailbox: registration.mailbox, stop: () => remove(registration) };
    },
    changed(changes) {
      const news: string[] = [];
      for (const { asOf, variants } of changes)
        for (const { variantId, version, sellable } of variants) {
          if (!heard.raise(variantId, version)) continue;
          news.push(variantId);
          const told = new Map<string, Availability>();
          for (const { channel, mailbox } of watchersOf(variantId)) {
            if (read.has(readKey(channel, variantId), version)) continue;
            // One object for all who watch it in a channel: whoever shares the object may share what is made of it.
            const availability = told.get(channel) ?? {
              variantId,
              version,
              asOf,
              sellableQuantity: Object.hasOwn(sellable, channel) ? (sellable[channel] ?? 0) : 0,
            };
            told.set(channel, availability);
            mailbox.put(availability);
          }
        }
      return news;
    },
    read(channel, availability) {
      for (const each of availability) {
        if (heard.has(each.variantId, each.version) || !read.raise(readKey(channel, each.variantId), each.version))
          continue;
        for (const registration of watchersOf(each.variantId))
          if (registration.channel === channel) registration.mailbox.put(each);
      }
    },
    unheard(states) {
      const missed = states.filter(({ variantId, version }) => {
        if (heard.has(variantId, version)) return false;
        return watchersOf(variantId).some(({ channel }) => !read.has(readKey(channel, variantId), version));
      });
      return missed.map(({ variantId }) => variantId);
    },
    watched(variantIds) {
      const found = new Map<string, Set<string>>();
      for (const variantId of variantIds)
        for (const { channel } of watchersOf(variantId))
          found.set(channel, (found.get(channel) ?? new Set()).add(variantId));
      return found;
    },
    resync() {
      for (const { mailbox } of registrations) mailbox.resync();
    },
    get settled() {
      return settled;
    },
    settle(position) {
      settled = position;
    },
    get size() {
      return registrations.size;
    },
    close() {
      for (const registration of [...registrations]) remove(registration);
    },
  };
}
