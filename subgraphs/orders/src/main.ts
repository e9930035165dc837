import '@kontor/kit/src/production.ts';
import { runSubgraph } from '@kontor/kit/src/process.ts';
import { createApp } from './app.ts';
import { readPaymentEnv } from './env.ts';
import { createStripeProvider } from './payments/stripe.ts';

await runSubgraph({
  name: 'orders',
  defaultPort: 4004,
  peers: ['products', 'prices', 'stock', 'customers'],
  migrations: new URL('../../../drizzle/orders/migrations', import.meta.url),
  // Read here, so that a fault of it is told like any other of the start.
  createApp: (deps) => createApp({ ...deps, payments: createStripeProvider(readPaymentEnv(process.env)) }),
});
