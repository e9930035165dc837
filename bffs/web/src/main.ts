import '@kontor/kit/src/production.ts';
import { runBff } from '@kontor/kit/src/bff/process.ts';
import { createApp } from './app.ts';

await runBff({ name: 'web', defaultPort: 4010, createApp, source: process.env });
