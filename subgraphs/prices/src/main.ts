import '@kontor/kit/src/production.ts';
import { runSubgraph } from '@kontor/kit/src/process.ts';
import { createApp } from './app.ts';

await runSubgraph({
  name: 'prices',
  defaultPort: 4002,
  peers: ['products', 'customers'],
  migrations: new URL('../../../drizzle/prices/migrations', import.meta.url),
  createApp,
});
