import { defineConfig } from 'drizzle-kit';

export default defineConfig({
  dialect: 'postgresql',
  schema: './drizzle/stock/tables.ts',
  out: './drizzle/stock/migrations',
});
