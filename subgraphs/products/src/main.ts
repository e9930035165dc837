import '@kontor/kit/src/production.ts';
import { runSubgraph } from '@kontor/kit/src/process.ts';
import { createApp } from './app.ts';

await runSubgraph({
  name: 'products',
  defaultPort: 4001,
  peers: ['prices', 'stock'],
  migrations: new URL('../../../drizzle/products/migrations', import.meta.url),
  createApp,
});
