import '@kontor/kit/src/production.ts';
import { runSubgraph } from '@kontor/kit/src/process.ts';
import { createApp } from './app.ts';

await runSubgraph({
  name: 'stock',
  defaultPort: 4003,
  peers: ['products'],
  migrations: new URL('../../../drizzle/stock/migrations', import.meta.url),
  createApp,
});
