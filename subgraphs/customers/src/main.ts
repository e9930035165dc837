import '@kontor/kit/src/production.ts';
import { runSubgraph } from '@kontor/kit/src/process.ts';
import { createApp } from './app.ts';

await runSubgraph({
  name: 'customers',
  defaultPort: 4005,
  peers: [],
  migrations: new URL('../../../drizzle/customers/migrations', import.meta.url),
  createApp,
});
