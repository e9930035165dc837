import { availabilityAt, type Availability, type AvailabilityChange } from '../domain/availability.ts';
import { createMailbox, type Mailbox } from './mailbox.ts';

/** The version of so many variants is remembered, to drop what the bus delivers twice. */
const REMEMBERED_VARIANTS = 100_000;
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
  /** Changes, per variant in order of version; repeats are dropped. */
  changed(changes: readonly AvailabilityChange[]): void;
  /** Everyone, or everyone in the channels, has to read again. */
  resync(channels?: readonly string[]): void;
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

/** Makes a hub. @param locationIdsOf the locations whose stock a channel sells. */
export function createHub(locationIdsOf: (channel: string) => ReadonlySet<string>): AvailabilityHub {
  const registrations = new Set<Registration>();
  const feeds = new Set<Registration>();
  const byVariant = new Map<string, Set<Registration>>();
  const versions = new Map<string, number>();

  const isNew = ({ variantId, version }: AvailabilityChange): boolean => {
    const known = versions.get(variantId);
    if (known !== undefined && known >= version) return false;
    // Deleted and set again it is the youngest; the oldest goes when there are too many.
    versions.delete(variantId);
    versions.set(variantId, version);
    if (versions.size > REMEMBERED_VARIANTS) versions.delete(versions.keys().next().value as string);
    return true;
  };

  const deliver = (change: AvailabilityChange) => {
    const perChannel = new Map<string, Availability>();
    for (const group of [byVariant.get(change.variantId) ?? [], feeds]) {
      for (const { channel, mailbox } of group) {
        const availability = perChannel.get(channel) ?? availabilityAt(change, locationIdsOf(channel));
        perChannel.set(channel, availability);
        mailbox.put(availability);
      }
    }
  };

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
        mailbox: createMailbox(variantIds?.length ?? FEED_MAILBOX),
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
      for (const change of changes) if (isNew(change)) deliver(change);
    },
    resync(channels) {
      for (const { channel, mailbox } of registrations) if (!channels || channels.includes(channel)) mailbox.resync();
    },
    get size() {
      return registrations.size;
    },
    close() {
      for (const registration of [...registrations]) remove(registration);
    },
  };
}
