import '@kontor/kit/src/production.ts';
import { runBff } from '@kontor/kit/src/bff/process.ts';
import { createApp } from './app.ts';

await runBff({ name: 'pos', defaultPort: 4030, createApp, source: process.env });
