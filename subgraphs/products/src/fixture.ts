import type { Identity } from '@kontor/kit/src/auth/internal-token.ts';
import type { Database } from '@kontor/kit/src/database.ts';
import { createMemoryBus } from '@kontor/kit/src/events/memory-bus.ts';
import type { Call } from '@kontor/kit/src/graph/graph.ts';
import { silentLogger } from '@kontor/kit/src/logger.ts';
import { INTERNAL_PATH } from '@kontor/kit/src/subgraph.ts';
import { createApp } from './app.ts';
import { setChannel } from './commands/set-channel.ts';
import type { ProductInput, VariantInput } from './domain/product-rules.ts';

/** Answers of a graph in a test, which asserts on what they hold. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Answer = any;

/**
 * For tests: the graphs of the service on a database, and how to ask them; an answer with errors is thrown. The relay does not run, so
 * that every statement that is counted is one of a request.
 */
export async function startProducts(db: Database, identity: Identity) {
  const service = createApp({ db, identity, bus: createMemoryBus(), logger: silentLogger });
  await service.graph().server.start();
  await service.graph(INTERNAL_PATH).server.start();
  const ask = async (
    query: string,
    call: Call,
    variables: Record<string, unknown> = {},
    path = '/graphql',
  ): Promise<Answer> => {
    const { data, errors } = await service.graph(path).execute({ query, variables }, call);
    if (errors) throw new Error(`${String(errors[0]?.extensions?.['code'])}: ${errors[0]?.message}`);
    return data;
  };
  return {
    ask,
    askInternal: (query: string, call: Call, variables: Record<string, unknown> = {}) =>
      ask(query, call, variables, INTERNAL_PATH),
  };
}

/** For tests: a variant of one option. */
export const variant = (value: string, more: Partial<VariantInput> = {}): VariantInput => ({
  optionValues: [value],
  ...more,
});

/** For tests: a product with the variants S and M. */
export const product = (handle: string, more: Partial<ProductInput> = {}): ProductInput => ({
  handle,
  title: handle,
  descriptionHtml: `<p>About ${handle}.</p>`,
  vendor: 'Kontor',
  productType: 'Thing',
  tags: [],
  published: true,
  optionNames: ['Size'],
  variants: [variant('S', { sku: `${handle}-s` }), variant('M', { sku: `${handle}-m` })],
  media: [{ url: `https://img.example/${handle}.jpg` }],
  ...more,
});

/** For tests: makes channels by code. */
export async function makeChannels(db: Database, ...codes: string[]): Promise<void> {
  for (const code of codes)
    await setChannel(
      db,
      { code, name: code, currencies: ['EUR'], countries: ['DE'], locales: ['de'], locationIds: [] },
      null,
    );
}
