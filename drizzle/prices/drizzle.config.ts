import { defineConfig } from 'drizzle-kit';

export default defineConfig({
  dialect: 'postgresql',
  schema: './drizzle/prices/tables.ts',
  out: './drizzle/prices/migrations',
});
