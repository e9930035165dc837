import '@kontor/kit/src/production.ts';
import { runBff } from '@kontor/kit/src/bff/process.ts';
import { createApp } from './app.ts';

await runBff({ name: 'b2b', defaultPort: 4040, createApp, source: process.env });
