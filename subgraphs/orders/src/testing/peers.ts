/** The services that orders asks, as far as it can tell them from the real ones, in memory: tests of this subgraph alone run on them. */
import { requestFault } from '@kontor/kit/src/errors.ts';
import type { GraphClient, GraphResult } from '@kontor/kit/src/graph/graph.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import type { Peers } from '../dependencies.ts';
import { createSimulatedCustomers, type SimulatedCustomers } from './customers.ts';
import { createSimulatedPrices, type SimulatedPrices } from './prices.ts';
import { createSimulatedStock, type SimulatedStock } from './stock.ts';

type Variables = Record<string, unknown>;
type Answers = Record<string, (variables: never) => unknown>;

/** A client that answers root fields with functions, through JSON as over HTTP. */
function clientOf(name: string, answers: Answers, isDown: () => boolean): GraphClient {
  return {
    async execute<Data>({ query, variables }: { query: string; variables?: Variables | undefined }) {
      if (isDown()) throw requestFault('SERVICE_UNAVAILABLE', `${name} cannot be reached.`);
      const field = Object.keys(answers).find((key) =>
        new RegExp(`\\b${key}\\b`).test(query.slice(query.indexOf('{'))),
      );
      if (!field) throw new Error(`${name} does not know ${query}`);
      const value = await (answers[field] as (given: Variables) => unknown)(structuredClone(variables ?? {}));
      return structuredClone({ data: { [field]: value } }) as GraphResult<Data>;
    },
    subscribe: () => {
      throw new Error('nobody subscribes');
    },
  };
}

/** What a test sets and sees. */
export interface SimulatedPeers {
  readonly peers: Peers;
  readonly stock: SimulatedStock;
  /** Gross minor units of one unit, by variant. */
  readonly prices: Map<string, number>;
  /** Promotions, ways of sending, quotes and holds. */
  readonly pricing: SimulatedPrices;
  readonly people: SimulatedCustomers;
  /** Ids by email. */
  readonly customers: Map<string, string>;
  /** Names of services that do not answer. */
  readonly down: Set<keyof Peers>;
  /** How often prices was asked. */
  readonly quoteCount: number;
  /** Makes a variant that the channel `web` sells, of a product of its own. */
  addVariant(priceMinor: number, title?: string): string;
}

export function createSimulatedPeers(): SimulatedPeers {
  const pricing = createSimulatedPrices();
  const prices = pricing.units;
  const people = createSimulatedCustomers();
  const down = new Set<keyof Peers>();
  const products: object[] = [];
  const stock = createSimulatedStock();
  const answersOf: Record<keyof Peers, Answers> = {
    products: {
      channelStates: () => [
        { code: 'web', revision: 1, currencies: ['EUR', 'USD'], countries: ['DE', 'AT'] },
        { code: 'pos', revision: 1, currencies: ['EUR'], countries: ['DE'] },
      ],
      productChanges: ({ since }: { since: string | null }) => {
        const page = products.slice(Number(since ?? 0), Number(since ?? 0) + 50);
        return { products: page, endCursor: page.length > 0 ? String(Number(since ?? 0) + page.length) : null };
      },
    },
    prices: pricing.answers,
    stock: stock.answers,
    customers: people.answers,
  };
  const client = (name: keyof Peers) => clientOf(name, answersOf[name], () => down.has(name));
  const simulated: SimulatedPeers = {
    peers: {
      products: client('products'),
      prices: client('prices'),
      stock: client('stock'),
      customers: client('customers'),
    },
    stock,
    prices,
    pricing,
    people,
    customers: people.ids,
    down,
    get quoteCount() {
      return pricing.asked.length;
    },
    addVariant(priceMinor, title = 'Mug') {
      const variantId = newId();
      const variants = [{ variantId, title: 'Blue', sku: `SKU-${variantId.slice(-4)}` }];
      products.push({ productId: newId(), revision: 1, title, channelCodes: ['web'], variants });
      prices.set(variantId, priceMinor);
      return variantId;
    },
  };
  return simulated;
}
