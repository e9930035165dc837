import { badInput, requestFault } from '@kontor/kit/src/errors.ts';
import type { Offer } from '../data/search/offers.ts';
import type { ProductVariants } from '../domain/feeds/offer.ts';
import type { FeedSource, SourceChanges } from '../feeds/feed-source.ts';

/** For tests: prices as a source, which a test sets, breaks and holds up. */
export interface FakeSource extends FeedSource {
  /** The products of each question for offers, in order. */
  readonly asked: string[][];
  /** How often it was asked what changed. */
  readonly polls: number;
  /** What a variant costs in every channel; noted as a change. */
  set(variantId: string, grossMinor: number): void;
  /** Lets everybody begin again. */
  resync(): void;
  /** Forgets every cursor that it gave out. */
  replace(): void;
  /** From now on nobody answers, or only these channels fail in a way of their own. */
  goDown(...channels: string[]): void;
  comeBack(): void;
  /** The next offers are read, but answered when released; resolves once a question is held. */
  hold(): { readonly reached: Promise<void>; release(): void };
}

const PAGE = 3;

/** For tests: makes one. */
export function createFakeSource(): FakeSource {
  const prices = new Map<string, number>();
  const asked: string[][] = [];
  let log: (string | null)[] = [];
  let generation = 0;
  let polls = 0;
  let isDown = false;
  let failing: readonly string[] = [];
  let held: { readonly reached: () => void; readonly released: Promise<void> } | null = null;

  const refuse = (channel: string) => {
    if (isDown) throw requestFault('SERVICE_UNAVAILABLE', 'the source cannot be reached.');
    if (failing.includes(channel)) throw new Error(`broken for ${channel}`);
  };
  const cursorAt = (index: number) => `${generation}/${index}`;

  return {
    name: 'prices',
    asked,
    get polls() {
      return polls;
    },
    set(variantId, grossMinor) {
      prices.set(variantId, grossMinor);
      log.push(variantId);
    },
    resync: () => void log.push(null),
    replace() {
      generation += 1;
      log = [];
    },
    goDown(...channels) {
      failing = channels;
      isDown = channels.length === 0;
    },
    comeBack() {
      failing = [];
      isDown = false;
    },
    hold() {
      const reached = Promise.withResolvers<void>();
      const released = Promise.withResolvers<void>();
      held = { reached: reached.resolve, released: released.promise };
      return { reached: reached.promise, release: released.resolve };
    },
    changes(channel, since): Promise<SourceChanges> {
      polls += 1;
      refuse(channel);
      const end = { variantIds: [], endCursor: cursorAt(log.length), resync: true, hasMore: false };
      if (since === null) return Promise.resolve(end);
      const [of, index] = since.split('/').map(Number) as [number, number];
      if (of !== generation) throw badInput('This cursor is not one that this list gave out.');
      const rest = log.slice(index);
      if (rest.includes(null)) return Promise.resolve(end);
      const page = rest.slice(0, PAGE) as string[];
      return Promise.resolve({
        variantIds: [...new Set(page)],
        endCursor: cursorAt(index + page.length),
        resync: false,
        hasMore: rest.length > PAGE,
      });
    },
    async offers(channel: string, products: readonly ProductVariants[]): Promise<Offer[]> {
      refuse(channel);
      if (products.length === 0) return [];
      asked.push(products.map(({ productId }) => productId));
      const offers = products.map(({ productId, variantIds }) => {
        const amounts = variantIds.flatMap((id) => prices.get(id) ?? []);
        const bounds = { currency: 'EUR', minMinor: Math.min(...amounts), maxMinor: Math.max(...amounts) };
        return { productId, isSellable: null, prices: amounts.length > 0 ? [bounds] : [] };
      });
      const holding = held;
      held = null;
      if (holding) {
        holding.reached();
        await holding.released;
      }
      return offers;
    },
  };
}
