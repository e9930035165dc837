/** The floor of a start: Node, and an empty PostgreSQL made and started. */
import { join } from 'node:path';
import { startEmbeddedPostgres } from '@kontor/kit/src/embedded-postgres.ts';

const database = await startEmbeddedPostgres({ folder: join(process.env['DATA_DIR']!, 'postgres'), port: 0 });
console.log('ready');
process.once('SIGTERM', () => void database.stop().then(() => process.exit(0)));
setInterval(() => undefined, 60_000);
