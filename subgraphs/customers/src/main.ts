import '@kontor/kit/src/production.ts';
import { runSubgraph } from '@kontor/kit/src/process.ts';
import { createApp } from './app.ts';
import { readIdentityEnv } from './env.ts';

await runSubgraph({
  name: 'customers',
  defaultPort: 4005,
  peers: ['orders'],
  migrations: new URL('../../../drizzle/customers/migrations', import.meta.url),
  // Read here, so that a fault of it is told like any other of the start.
  createApp: (deps) => createApp({ ...deps, ...readIdentityEnv(process.env) }),
});
